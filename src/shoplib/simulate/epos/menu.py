"""Words the catalogue is made of: ten categories with their dishes and drinks, serves, prices and costs.

Prices are in major units before tax, of the plainest serve, at the level that the default target revenue
asks for; ``prices`` scales them to any other.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """One category: what it offers, how it is served, what it costs to buy and to sell."""

    name: str
    share: float  # of the catalogue
    low: float  # cheapest price of the plainest serve
    high: float  # dearest price of it
    cost_share: float  # of the price
    plain: tuple[str, ...]  # roughly from most to least ordered
    modifiers: tuple[str, ...]
    # Words behind the name, price and orders of each serve, both against the first.
    serves: tuple[tuple[str, float, float], ...] = (("", 1.0, 1.0),)


def _words(text: str) -> tuple[str, ...]:
    """Return the phrases of a text, parted by semicolons; line breaks count as blanks."""
    return tuple(" ".join(phrase.split()) for phrase in text.split(";"))


CATEGORIES = (
    Category(
        "Beer",
        0.14,
        3.9,
        5.2,
        0.36,
        _words(
            """
            Export Lager; Pilsner; Hill Best Bitter; Harbour Pale Ale; Session IPA; Dry Cider; Oat Stout; Golden
            Ale; Amber Ale; Wheat Beer; Ruby Mild; Porter; Cloudy Cider; Pear Cider; Red Ale; Helles Lager; West
            Coast IPA; Alcohol-Free Lager; Blonde Ale; Milk Stout; Saison; Kölsch; Black Lager; Mango Sour
            """
        ),
        _words(
            """
            Old Mill; Copper Lane; Fox Hollow; Stonebridge; Meadow; Tall Ship; Barrel Yard; North Gate;
            Ferryman; Oak Row; Kingfisher; Lantern; Millpond; Quarry; Saddler; Tidewater
            """
        ),
        (("Pint", 1.0, 1.0), ("Half", 0.55, 0.2)),
    ),
    Category(
        "Wine",
        0.13,
        4.8,
        7.4,
        0.34,
        _words(
            """
            Pinot Grigio; Sauvignon Blanc; Merlot; Prosecco; Malbec; Chardonnay; Provence Rosé; Rioja; Picpoul;
            Chenin Blanc; Shiraz; Pinot Noir; Montepulciano; Zinfandel Rosé; Cava; English Sparkling; Riesling;
            Albariño; Cabernet Sauvignon; Côtes du Rhône; Viognier; Tempranillo; Vinho Verde; Primitivo
            """
        ),
        _words(
            """
            House; Reserve; Old Vine; Single Estate; Hillside; Organic; Late Harvest; Valley; Coastal; Unoaked;
            Riverbank; Chapel; South Slope; Stone Cellar; Chalk Down; Old Priory
            """
        ),
        (("175 ml", 1.0, 1.0), ("250 ml", 1.35, 0.7), ("Bottle", 3.9, 0.3)),
    ),
    Category(
        "Spirits",
        0.11,
        3.1,
        5.1,
        0.24,
        _words(
            """
            London Dry Gin; Vodka; Spiced Rum; Pink Gin; Bourbon; Blended Scotch; Dark Rum; Blanco Tequila; Sloe
            Gin; Vanilla Vodka; White Rum; Single Malt Scotch; Irish Whiskey; Brandy; Cognac; Reposado Tequila;
            Mezcal; Amaretto; Coffee Liqueur; Irish Cream; Limoncello; Sambuca; Grappa; Aquavit
            """
        ),
        _words(
            """
            House; Navy; Aged; Small Batch; Botanical; Citrus; Smoked; Barrel; Orchard; Rye; Copper Still;
            Coastal; Heritage
            """
        ),
        (("25 ml", 1.0, 1.0), ("50 ml", 1.75, 0.6)),
    ),
    Category(
        "Cocktails",
        0.11,
        7.3,
        9.6,
        0.25,
        _words(
            """
            Espresso Martini; Passion Fruit Martini; Aperitivo Spritz; Mojito; Margarita; Negroni; Old
            Fashioned; Cosmopolitan; Daiquiri; Whisky Sour; Bramble; French 75; Moscow Mule; Manhattan; Tom
            Collins; Paloma; Bellini; Amaretto Sour; Piña Colada; Mai Tai; Long Island Iced Tea; Garden Fizz;
            Dark and Stormy; Bloody Mary; Southside; Clover Club; Boulevardier; Caipirinha; Gimlet; Virgin
            Mojito
            """
        ),
        _words(
            """
            Rhubarb; Smoked; Elderflower; Spicy; Winter; Garden; Blood Orange; Frozen; Honey; Ginger; Cherry;
            Basil; Pear; Coconut; Raspberry; Rosemary; Grapefruit; Cucumber; Plum; Salted
            """
        ),
    ),
    Category(
        "Soft Drinks",
        0.09,
        1.9,
        3.1,
        0.20,
        _words(
            """
            Cola; Diet Cola; Lemonade; Tonic Water; Orange Juice; Sparkling Water; Soda and Lime; Ginger Beer;
            Ginger Ale; Still Water; Apple Juice; Cranberry Juice; Elderflower Pressé; Bitter Lemon; Rhubarb
            Soda; Iced Tea; Tomato Juice; Pineapple Juice; Cloudy Lemonade; Kombucha; Mango Juice; Cream Soda
            """
        ),
        _words(
            """
            Pressed; Sparkling; Garden; Spiced; Sicilian; Orchard; Mint; Wild; Light; Botanical; Berry;
            Old-School
            """
        ),
        (("Small", 1.0, 1.0), ("Large", 1.35, 0.7)),
    ),
    Category(
        "Appetizers",
        0.09,
        4.9,
        7.6,
        0.30,
        _words(
            """
            Soup of the Day; Club Sandwich; Salt and Pepper Squid; Garlic Mushrooms; Toasted Cheese Sandwich;
            Chicken Wings; Nachos; Olives and Bread; Ham and Mustard Sandwich; Prawn Cocktail; Sausage Roll; Chicken
            Liver Parfait; Avocado Toast; Whitebait; Scotch Egg; Bruschetta; Egg Mayonnaise Sandwich; Whipped Feta;
            Smoked Mackerel Pâté; Halloumi Fries; Smoked Salmon Bagel; Ham Hock Terrine; Burrata; Crab on Toast;
            Falafel; Potted Shrimp; Beetroot Carpaccio; Arancini; Gyoza; Crispy Cauliflower; Hummus and Flatbread
            """
        ),
        _words(
            """
            Sharing; Spiced; Charred; Smoky; Garden; Crispy; Sticky; Herbed; Rustic; House; Truffled; Lemon;
            Harissa; Summer; Winter; Little; Loaded; Miso; Honeyed; Pickled; Coastal; Orchard
            """
        ),
    ),
    Category(
        "Main Course",
        0.13,
        10.9,
        18.4,
        0.33,
        _words(
            """
            Fish and Chips; Cheeseburger; Beef and Ale Pie; Sirloin Steak; Margherita Pizza; Chicken Burger;
            Roast Beef; Sausage and Mash; Roast Chicken; Bean Burger; Chicken Tikka Masala; Wild Mushroom
            Risotto; Pepperoni Pizza; Lasagne; Spaghetti Carbonara; Pan-Fried Sea Bass; Salmon Fillet; Duck
            Breast; Lamb Shank; Pork Belly; Ham Egg and Chips; Caesar Salad; Superfood Salad; Vegetable Curry;
            Fish Pie; Steak Frites; Gammon Steak; Moules Frites; Aubergine Parmigiana; Chicken Kyiv; Nut Roast;
            Venison Stew
            """
        ),
        _words(
            """
            Slow-Cooked; Grilled; Spiced; Rustic; Farmhouse; Harvest; Smoked; Herbed; Lighter; Double; Roasted;
            Seasonal; Garden; House; Wood-Fired; Peppered; Sharing; Coastal; Braised; Buttered; Lemon; Chilli
            """
        ),
    ),
    Category(
        "Desserts",
        0.07,
        5.1,
        7.1,
        0.28,
        _words(
            """
            Sticky Toffee Pudding; Chocolate Brownie; Carrot Cake; Ice Cream Sundae; Cheesecake; Apple Crumble;
            Lemon Drizzle Cake; Crème Brûlée; Eton Mess; Lemon Tart; Treacle Tart; Bread and Butter Pudding; Panna
            Cotta; Affogato; Cheese Board; Victoria Sponge Cake; Tiramisu; Chocolate Fondant; Bakewell Tart; Fruit
            Sorbet; Profiteroles; Pavlova; Rice Pudding; Banoffee Pie
            """
        ),
        _words(
            """
            Salted; Winter; Summer; Warm; Spiced; Honey; Orchard; Vegan; Rhubarb; Ginger; Cherry; Toasted;
            Little; Boozy; Rose; Pistachio; Plum; Orange; Coconut
            """
        ),
    ),
    Category(
        "Sides",
        0.07,
        2.9,
        4.4,
        0.25,
        _words(
            """
            Chips; Skinny Fries; Onion Rings; Sweet Potato Fries; Garlic Bread; Side Salad; Mac and Cheese;
            Coleslaw; Tenderstem Broccoli; Creamed Spinach; Buttered New Potatoes; Mashed Potato; Cauliflower
            Cheese; Green Beans; Halloumi Bites; Bread and Butter; Pigs in Blankets; Roast Potatoes; Yorkshire
            Pudding; Rocket and Parmesan; Pickles; Mixed Nuts
            """
        ),
        _words(
            """
            Cheesy; Spiced; Truffle; Loaded; Garlic; Smoky; Herbed; Lemon; Chilli; House; Rosemary; Sea Salt;
            Charred; Miso; Honeyed; Farmhouse; Small; Sharing; Summer
            """
        ),
    ),
    Category(
        "Hot Beverages",
        0.06,
        2.2,
        3.1,
        0.17,
        _words(
            """
            Latte; Cappuccino; Americano; English Breakfast Tea; Flat White; Hot Chocolate; Espresso; Mocha;
            Earl Grey; Peppermint Tea; Green Tea; Chai Latte; Cortado; Macchiato; Camomile Tea; Lemon and Ginger
            Tea; Matcha Latte; Babyccino; Decaf Americano; Rooibos
            """
        ),
        _words(
            """
            Oat; Vanilla; Caramel; Iced; Spiced; Hazelnut; Cinnamon; Honey; Coconut; Almond; Maple; Gingerbread
            """
        ),
        (("Regular", 1.0, 1.0), ("Large", 1.2, 0.5)),
    ),
)

NAMES = tuple(category.name for category in CATEGORIES)
KINDS = ("drink", "food", "hot drink")
KIND_OF = (0, 0, 0, 0, 0, 1, 1, 1, 1, 2)  # kind of each category, in the order above
