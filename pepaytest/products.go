package pepaytest

// newCatalogue is the catalogue of a server whose options add nothing. The first four
// are the products of the documentation's examples.
func newCatalogue() catalogue {
	c := catalogue{byID: map[string]*product{}}
	for _, p := range []product{
		{id: "B08N5WRWNW", retailer: "amazon", title: "Echo (4th Gen)", words: "smart speaker audio", price: 99_990},
		{id: "B000NPYY04", retailer: "amazon", title: "Wireless Headphones", words: "over ear bluetooth audio", price: 129_990},
		{id: "B0B844T634", retailer: "amazon", title: "Cotton T-Shirt, Crew Neck, Black", words: "shirt clothing", price: 18_000},
		{id: "B000000000", retailer: "amazon", title: "Vintage Film Camera", words: "analog photo", price: 249_000, unavailable: true},

		{id: "B07Q2M4XKD", retailer: "amazon", title: "Wireless Earbuds with Charging Case", words: "headphones bluetooth audio", price: 49_990},
		{id: "B09T5ZC8LN", retailer: "amazon", title: "Noise Cancelling Headphones", words: "wireless bluetooth audio", price: 199_950},
		{id: "B01K8H3V2P", retailer: "amazon", title: "Studio Headphones, Wired", words: "audio", price: 74_500},
		{id: "B0C1R7WJ6S", retailer: "amazon", title: "USB-C Charger, 65 W", words: "power adapter", price: 34_990},
		{id: "B08F6Y9DTM", retailer: "amazon", title: "USB-C Cable, 2 m, Pack of 2", words: "charging", price: 12_490},
		{id: "B07X3B5QGA", retailer: "amazon", title: "Power Bank, 10,000 mAh", words: "battery charger", price: 25_990},
		{id: "B0A9E4NVH1", retailer: "amazon", title: "Mechanical Keyboard, 75 %", words: "computer", price: 89_000},
		{id: "B06W8C2RZK", retailer: "amazon", title: "Wireless Mouse, Silent", words: "computer", price: 21_990},
		{id: "B0D5U1PLX7", retailer: "amazon", title: "Laptop Stand, Aluminium", words: "computer desk", price: 39_950},
		{id: "B04G7S9YMC", retailer: "amazon", title: "LED Desk Lamp, Dimmable", words: "light home office", price: 32_990},
		{id: "B0B2J6DKQ4", retailer: "amazon", title: "Stainless Steel Water Bottle, 750 ml", words: "drink sport", price: 24_950},
		{id: "B03N1V8TFE", retailer: "amazon", title: "Pour Over Coffee Maker", words: "kitchen", price: 42_000},
		{id: "B0C8L5XRW9", retailer: "amazon", title: "Burr Coffee Grinder", words: "kitchen mill", price: 58_900},
		{id: "B05H4Z2QJP", retailer: "amazon", title: "Yoga Mat, 6 mm", words: "fitness sport", price: 29_990},
		{id: "B0E6M3KBV8", retailer: "amazon", title: "Linen Shirt, White", words: "clothing", price: 44_000},
		{id: "B02D9T7GSU", retailer: "amazon", title: "Rain Jacket, Packable", words: "clothing outdoor", price: 79_500},
		{id: "B0F1W5YCN3", retailer: "amazon", title: "Graphics Card, 16 GB", words: "computer gaming", price: 1_249_000},
		{id: "B07L4R8HXD", retailer: "amazon", title: "Gift Wrap, 1 Roll", words: "paper", price: 3_490},

		{id: "5347812096", retailer: "walmart", title: "Cast Iron Skillet, 26 cm", words: "kitchen pan", price: 27_880},
		{id: "6129054783", retailer: "walmart", title: "Bath Towels, Set of 4", words: "home", price: 36_970},
		{id: "7013498265", retailer: "walmart", title: "Camping Chair, Foldable", words: "outdoor", price: 31_440},
		{id: "8290615347", retailer: "walmart", title: "AA Batteries, Pack of 24", words: "power", price: 14_980},
		{id: "A-52190348", retailer: "target", title: "Throw Blanket, Wool", words: "home", price: 48_000},
		{id: "A-61728450", retailer: "target", title: "Ceramic Mug, 350 ml", words: "kitchen cup", price: 9_500},
		{id: "A-70345912", retailer: "target", title: "Wooden Puzzle, 500 Pieces", words: "game toy", price: 19_990},
		{id: "A-83059126", retailer: "target", title: "Polo Shirt, Navy", words: "clothing", price: 26_000},
		{id: "6501243", retailer: "bestbuy", title: "Tablet, 11 Inch, 128 GB", words: "computer", price: 449_990},
		{id: "6538917", retailer: "bestbuy", title: "Portable SSD, 1 TB", words: "computer storage drive", price: 94_990},
		{id: "6574820", retailer: "bestbuy", title: "Action Camera, 4K", words: "photo video", price: 299_990},
		{id: "6590135", retailer: "bestbuy", title: "Game Controller, Wireless", words: "gaming", price: 59_990},
		{id: "6612408", retailer: "bestbuy", title: "Television, 65 Inch", words: "tv home", price: 2_799_000},
		{id: "155203948117", retailer: "ebay", title: "Turntable, Belt Drive", words: "audio record player", price: 159_000},
		{id: "204861735590", retailer: "ebay", title: "Mechanical Wristwatch, Refurbished", words: "clothing", price: 210_000, unavailable: true},
		{id: "SKU-100482", retailer: "other", title: "Handmade Soap, Set of 3", words: "bath", price: 16_500},
	} {
		c.put(&p)
	}
	return c
}
