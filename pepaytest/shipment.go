package pepaytest

import (
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/pepaylabs/pepay-go/internal/server"
)

// shipment is a parcel of an order. The members of tracking in a simulated step are not
// documented: they are read under the names that the order shows.
type shipment struct {
	ID              string `json:"id"`
	Carrier         string `json:"carrier"`
	Number          string `json:"trackingNumber"`
	URL             string `json:"carrierTrackingUrl"`
	Status          string `json:"deliveryStatus"`
	RetailersNumber string `json:"retailerTrackingNumber"`
	RetailersURL    string `json:"retailerTrackingUrl"`
	At              int64  `json:"at"`
}

func (s *shipment) snapshot() server.OrderShipment {
	return server.OrderShipment{
		ShipmentID: ptr(s.ID), Carrier: ptr(s.Carrier), TrackingNumber: ptr(s.Number), CarrierTrackingURL: ptr(s.URL), DeliveryStatus: ptr(s.Status),
		RetailerTrackingNumber: nonEmpty(s.RetailersNumber), RetailerTrackingURL: nonEmpty(s.RetailersURL), ObtainedAt: ptr(s.At),
	}
}

// track lets a shipment say what a simulated step says about it.
func (s *shipment) track(tracking json.RawMessage) *problem {
	if len(tracking) == 0 {
		return nil
	}
	id, at := s.ID, s.At
	if err := json.Unmarshal(tracking, s); err != nil {
		return invalidRequest("tracking: carrier, trackingNumber, carrierTrackingUrl, deliveryStatus, retailerTrackingNumber and retailerTrackingUrl must be text")
	}
	s.ID, s.At = id, at
	return nil
}

// newShipment is a parcel whose tracking was made up.
func (t *tx) newShipment() shipment {
	seed := t.digest("shipment")
	number := new(big.Int).Mod(new(big.Int).SetBytes(seed[:8]), big.NewInt(1_0000_0000_0000_0000)).Int64()
	return shipment{
		ID: fmt.Sprintf("ship_%x", seed[8:14]), Carrier: "UPS", Number: fmt.Sprintf("1Z%016d", number), Status: deliveryInTransit, At: t.now.Unix(),
	}
}
