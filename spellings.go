package pepay

import "encoding/json"

// UnmarshalJSON decodes an order as the API sends it, with orderId and invoiceId,
// and as events do, with id and invoice_id. The API's names count where both are
// there. An order is encoded with the API's names.
func (o *Order) UnmarshalJSON(data []byte) error {
	type plain Order // without this method
	return decodeEither(data, &struct {
		ID        *string `json:"id"`
		InvoiceID *string `json:"invoice_id"`
	}{&o.ID, &o.InvoiceID}, (*plain)(o))
}

// UnmarshalJSON decodes an item with productId, and with product_id as one page of
// the documentation has it.
func (i *EstimateItemInput) UnmarshalJSON(data []byte) error {
	type plain EstimateItemInput // without this method
	return decodeEither(data, &struct {
		ProductID *string `json:"product_id"`
	}{&i.ProductID}, (*plain)(i))
}

// decodeEither decodes the members with other names first, whose fields point into
// the model, so that the model's own names overwrite them.
func decodeEither(data []byte, others, model any) error {
	if err := json.Unmarshal(data, others); err != nil {
		return err
	}
	return json.Unmarshal(data, model)
}
