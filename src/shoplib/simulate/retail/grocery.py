"""The range of a small grocer's chain: what is sold if a scenario brings no assortment of its own."""

from __future__ import annotations

from shoplib.config.worlds import Assortment

STANDARD_TAX = 0.20  # drinks, sweets and household goods; other food carries none


def grocery() -> dict[str, Assortment]:
    """Return ten categories of ten products each, best sellers first, with prices in major units."""
    return {
        "Bakery": _goods(
            "White Farmhouse Loaf 800 g|Wholemeal Loaf 800 g|Butter Croissants 4|Soft Rolls 6|Seeded Bloomer 400 g|"
            "Plain Bagels 5|Crumpets 6|Cinnamon Buns 2|Sourdough 500 g|Pitta Bread 6",
            (1.10, 3.40), cost=0.58, share=1.25, keeps=7,
        ),
        "Dairy": _goods(
            "Semi-skimmed Milk 2 l|Whole Milk 2 l|Free-range Eggs 6|Salted Butter 250 g|Mature Cheddar 350 g|"
            "Natural Yoghurt 500 g|Oat Drink 1 l|Double Cream 300 ml|Halloumi 225 g|Soft Cheese 200 g",
            (1.20, 4.60), cost=0.68, share=1.45, keeps=14,
        ),
        "Fruit": _goods(
            "Bananas 5|Royal Gala Apples 6|Strawberries 400 g|Clementines 600 g|Blueberries 200 g|Red Grapes 500 g|"
            "Conference Pears 4|Lemons 4|Mango|Pineapple",
            (0.90, 3.60), cost=0.60, share=1.20, keeps=9, peak_month=7,
        ),
        "Vegetables": _goods(
            "Tomatoes 6|Cucumber|Carrots 1 kg|White Potatoes 2 kg|Broccoli 350 g|Mixed Peppers 3|Brown Onions 1 kg|"
            "Closed Cup Mushrooms 300 g|Iceberg Lettuce|Courgettes 3",
            (0.70, 2.80), cost=0.58, share=1.25, keeps=10, peak_month=6,
        ),
        "Meat and Fish": _goods(
            "Chicken Breast 600 g|Beef Mince 500 g|Smoked Back Bacon 8|Pork Sausages 8|Salmon Fillets 2|Cooked Ham 6|"
            "Chicken Thighs 1 kg|Cod Fillets 2|Lamb Chops 4|Whole Chicken 1.6 kg",
            (2.80, 8.50), cost=0.70, share=0.95, keeps=10, peak_days={"12-23": 2.2, "12-24": 2.0},
        ),
        "Cupboard": _goods(
            "Baked Beans 415 g|Spaghetti 500 g|Chopped Tomatoes 400 g|Basmati Rice 1 kg|Olive Oil 500 ml|"
            "Porridge Oats 1 kg|Tuna Chunks 3|Strawberry Jam 370 g|Tomato Ketchup 460 g|Plain Flour 1.5 kg",
            (0.75, 7.20), cost=0.66, share=1.15, peak_month=1,
        ),
        "Drinks": _goods(
            "Still Water 6|Cola 2 l|Orange Juice 1 l|Ground Coffee 227 g|English Breakfast Tea 80|Lemonade 2 l|"
            "Apple Juice 1 l|Tonic Water 1 l|Ginger Beer 4|Elderflower Pressé 750 ml",
            (1.20, 5.50), cost=0.62, share=1.05, peak_month=7, tax=STANDARD_TAX,
        ),
        "Sweets": _goods(
            "Milk Chocolate 180 g|Crisps 6|Digestive Biscuits 400 g|Salted Peanuts 200 g|Shortbread 160 g|"
            "Dark Chocolate 100 g|Wine Gums 190 g|Popcorn 100 g|Chocolate Box 250 g|Mint Humbugs 150 g",
            (0.95, 6.00), cost=0.60, share=1.10, peak_month=12, tax=STANDARD_TAX,
            peak_days={"02-13": 1.8, "02-14": 2.0, "12-23": 1.6},
        ),
        "Household": _goods(
            "Toilet Tissue 9|Washing-up Liquid 500 ml|Kitchen Roll 2|Laundry Capsules 26|Bin Liners 20|"
            "All-purpose Cleaner 750 ml|Dishwasher Tablets 30|Sponges 6|Foil 10 m|Tea Lights 25",
            (1.00, 9.50), cost=0.64, share=0.65, tax=STANDARD_TAX,
        ),
        "Frozen": _goods(
            "Garden Peas 900 g|Oven Chips 1.5 kg|Fish Fingers 10|Vanilla Ice Cream 900 ml|Margherita Pizza|"
            "Mixed Berries 500 g|Yorkshire Puddings 12|Spinach 750 g|Sorbet 500 ml|Veggie Burgers 4",
            (1.30, 5.20), cost=0.62, share=0.75, peak_month=7, tax=0.0,
        ),
    }  # fmt: skip


def _goods(
    names: str,
    price: tuple[float, float],
    *,
    cost: float,
    share: float,
    keeps: int | None = None,
    peak_month: int | None = None,
    peak_days: dict[str, float] | None = None,
    tax: float = 0.0,
) -> Assortment:
    return Assortment(
        products=tuple(names.split("|")),
        price=price,
        cost_share=cost,
        shelf_life_days=keeps,
        peak_month=peak_month,
        peak_days=peak_days or {},
        share=share,
        tax_share=tax,
    )
