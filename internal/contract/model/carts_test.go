package model_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"pgregory.net/rapid"
)

// cart is what the model knows about a customer's cart.
type cart struct {
	lines            []*cartLine // in the order in which they were added
	created, updated int64       // 0 before there was an item
}

type cartLine struct {
	id, product string
	price       int64
	quantity    int64
}

func (l *cartLine) String() string { return fmt.Sprintf("%+v", *l) }

const (
	cartsPath     = "/api/commerce/merchant/carts"
	cartItemsPath = cartsPath + "/items/"
	noCartItem    = "00000000-0000-4000-8000-000000000000"
)

func (m *machine) anyCart(t *rapid.T) (customer string, c *cart) {
	customer = rapid.SampledFrom([]string{"cust_1", "cust_2", "cust_3"}).Draw(t, "customer")
	if m.carts[customer] == nil {
		m.carts[customer] = &cart{}
	}
	return customer, m.carts[customer]
}

// line is the position of an item, or -1 with an id that no item has.
func (c *cart) line(t *rapid.T) (at int, id string) {
	if at = rapid.IntRange(-1, len(c.lines)-1).Draw(t, "item"); at < 0 {
		return at, noCartItem
	}
	return at, c.lines[at].id
}

func (m *machine) touch(c *cart) {
	c.updated = m.now
	if c.created == 0 {
		c.created = m.now
	}
}

// Cart does one of what can be done to a cart. It is one action of the machine, so that
// carts do not crowd out invoices and orders.
func (m *machine) Cart(t *rapid.T) {
	rapid.SampledFrom([]func(*rapid.T){m.addToCart, m.changeCart, m.removeFromCart, m.clearCart}).Draw(t, "what")(t)
}

// addToCart adds a product, or says another quantity and price of it.
func (m *machine) addToCart(t *rapid.T) {
	customer, c := m.anyCart(t)
	line := &cartLine{
		product: rapid.SampledFrom([]string{"B08N5WRWNW", "B000NPYY04", "B0B844T634", "another"}).Draw(t, "product"),
		price:   10 * rapid.Int64Range(1, 50_000).Draw(t, "cents"), quantity: rapid.Int64Range(0, 100).Draw(t, "quantity"),
	}
	a := m.ask(t, m.commerce, http.MethodPost, cartsPath+"/items", map[string]any{
		"customer_id": customer, "productId": line.product, "retailer": "amazon", "title": "Title of " + line.product,
		"price": json.Number(fmt.Sprintf("%d.%03d", line.price/1000, line.price%1000)), "quantity": line.quantity,
	})
	if line.quantity < 1 || line.quantity > 99 {
		a.want(t, http.StatusBadRequest)
		return
	}
	added := inData[struct {
		ID       string `json:"itemId"`
		Quantity int64  `json:"quantity"`
		Updated  bool   `json:"updated"`
	}](t, a.want(t, http.StatusOK))
	line.id = added.ID
	at := slices.IndexFunc(c.lines, func(l *cartLine) bool { return l.product == line.product })
	if added.Updated != (at >= 0) || added.Quantity != line.quantity || at >= 0 && added.ID != c.lines[at].id {
		t.Fatalf("the cart had %+v: %v", c.lines, a)
	}
	if at >= 0 {
		c.lines[at] = line
	} else {
		c.lines = append(c.lines, line)
	}
	m.touch(c)
	m.checkCart(t, customer, c)
}

// changeCart says another quantity; 0 removes the item.
func (m *machine) changeCart(t *rapid.T) {
	customer, c := m.anyCart(t)
	at, id := c.line(t)
	quantity := rapid.SampledFrom([]int64{0, 1, 2, 99, 100, -1}).Draw(t, "quantity")
	a := m.ask(t, m.commerce, http.MethodPut, cartItemsPath+id, map[string]any{"customer_id": customer, "quantity": quantity})
	switch {
	case quantity < 0 || quantity > 99:
		a.want(t, http.StatusBadRequest)
		return
	case at < 0:
		a.want(t, http.StatusNotFound)
		return
	}
	a.want(t, http.StatusOK)
	if c.lines[at].quantity = quantity; quantity == 0 {
		c.lines = slices.Delete(c.lines, at, at+1)
	}
	m.touch(c)
	m.checkCart(t, customer, c)
}

// removeFromCart removes one item.
func (m *machine) removeFromCart(t *rapid.T) {
	customer, c := m.anyCart(t)
	at, id := c.line(t)
	a := m.ask(t, m.commerce, http.MethodDelete, cartItemsPath+id+"?customer_id="+customer, nil)
	if at < 0 {
		a.want(t, http.StatusNotFound)
		return
	}
	removed := inData[struct {
		ID    string `json:"itemId"`
		Title string `json:"title"`
	}](t, a.want(t, http.StatusOK))
	if removed.ID != id || removed.Title != "Title of "+c.lines[at].product {
		t.Fatalf("%+v was removed: %v", c.lines[at], a)
	}
	c.lines = slices.Delete(c.lines, at, at+1)
	m.touch(c)
	m.checkCart(t, customer, c)
}

// clearCart removes all items.
func (m *machine) clearCart(t *rapid.T) {
	customer, c := m.anyCart(t)
	a := m.ask(t, m.commerce, http.MethodDelete, cartsPath+"?customer_id="+customer, nil).want(t, http.StatusOK)
	if n := inData[struct{ ItemsRemoved int }](t, a).ItemsRemoved; n != len(c.lines) {
		t.Fatalf("the cart had %d items: %v", len(c.lines), a)
	}
	if len(c.lines) > 0 {
		c.lines = nil
		m.touch(c)
	}
	m.checkCart(t, customer, c)
}

// checkCart compares the cart and its totals: 1 dollar for shipping and 3 for commerce.
func (m *machine) checkCart(t *rapid.T, customer string, c *cart) {
	t.Helper()
	var subtotal, pieces int64
	for _, line := range c.lines {
		subtotal += line.price * line.quantity
		pieces += line.quantity
	}
	a := m.ask(t, m.commerce, http.MethodGet, cartsPath+"?customer_id="+customer, nil).want(t, http.StatusOK)
	shown := inData[struct {
		Items []struct {
			Product  string      `json:"productId"`
			Quantity int64       `json:"quantity"`
			Price    json.Number `json:"price"`
		} `json:"items"`
		Subtotal  json.Number `json:"subtotal"`
		ItemCount int64       `json:"itemCount"`
		CreatedAt int64       `json:"createdAt"`
		UpdatedAt int64       `json:"updatedAt"`
	}](t, a)
	if len(shown.Items) != len(c.lines) || millis(t, shown.Subtotal) != subtotal || shown.ItemCount != pieces || shown.CreatedAt != c.created || shown.UpdatedAt != c.updated {
		t.Fatalf("the cart is to have %+v: %v", c, a)
	}
	for i, item := range shown.Items {
		if line := c.lines[i]; item.Product != line.product || item.Quantity != line.quantity || millis(t, item.Price) != line.price {
			t.Fatalf("item %d is to be %+v: %v", i, line, a)
		}
	}
	total := subtotal
	if subtotal > 0 {
		total += 4_000
	}
	a = m.ask(t, m.commerce, http.MethodGet, cartsPath+"/totals?customer_id="+customer, nil).want(t, http.StatusOK)
	totals := inData[struct {
		Subtotal, Total json.Number
		ItemCount       int64
	}](t, a)
	if millis(t, totals.Subtotal) != subtotal || millis(t, totals.Total) != total || totals.ItemCount != pieces {
		t.Fatalf("%d pieces for %d and %d in all: %v", pieces, subtotal, total, a)
	}
}
