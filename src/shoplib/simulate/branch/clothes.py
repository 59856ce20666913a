"""The goods of a clothes shop, for worlds that name none: categories with their best sellers first."""

from __future__ import annotations

from shoplib.config.worlds import Assortment

PRICED_IN = "IDR"
OTHER_MONEY = 1e-4  # a shirt is 249,000 rupiah or, in other money, about 25

CLOTHES: dict[str, Assortment] = {
    "Shirts": Assortment(
        products=(
            "Piqué Polo Shirt", "Everyday Tee", "Linen Shirt", "Oxford Shirt", "Striped Tee", "Camp Collar Shirt",
            "Long-Sleeve Tee", "Band Collar Shirt", "Mesh Tank",
        ),
        price=(129_000, 349_000),
        cost_share=0.46,
        share=0.34,
    ),
    "Dresses": Assortment(
        products=(
            "Crêpe Midi Dress", "Shirt Dress", "Wrap Dress", "Tiered Maxi Dress", "Kaftan", "Slip Dress",
            "Pinafore Dress",
        ),
        price=(249_000, 599_000),
        cost_share=0.44,
        peak_month=12,
        share=0.20,
    ),
    "Trousers": Assortment(
        products=(
            "Straight Chinos", "Wide-Leg Trousers", "Slim Jeans", "Linen Trousers", "Jogger", "Pleated Culottes",
            "Cargo Trousers",
        ),
        price=(219_000, 459_000),
        cost_share=0.48,
        share=0.20,
    ),
    "Batik": Assortment(
        products=("Batik Short-Sleeve Shirt", "Batik Blouse", "Batik Long-Sleeve Shirt", "Batik Wrap Skirt"),
        price=(279_000, 749_000),
        cost_share=0.52,
        peak_days={"08-17": 1.6, "10-02": 2.4},
        share=0.12,
    ),
    "Skirts": Assortment(
        products=("A-Line Skirt", "Pleated Skirt", "Denim Skirt", "Appliqué Skirt"),
        price=(189_000, 389_000),
        cost_share=0.45,
        share=0.07,
    ),
    "Jackets": Assortment(
        products=("Rain Jacket", "Light Bomber", "Denim Jacket", "Knit Cardigan", "Wool Coat"),
        price=(329_000, 899_000),
        cost_share=0.50,
        peak_month=1,
        share=0.07,
    ),
}  # fmt: skip
