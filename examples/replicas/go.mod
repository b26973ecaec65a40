module github.com/pepaylabs/pepay-go/examples/replicas

go 1.25.0

replace (
	github.com/pepaylabs/pepay-go => ../..
	github.com/pepaylabs/pepay-go/store/postgres => ../../store/postgres
)

require (
	github.com/jackc/pgx/v5 v5.12.0
	github.com/pepaylabs/pepay-go v0.1.0
	github.com/pepaylabs/pepay-go/store/postgres v0.0.0
)

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/coder/websocket v1.8.15 // indirect
	github.com/go-chi/chi/v5 v5.5.0 // indirect
	github.com/golang-jwt/jwt/v5 v5.3.1 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/jackc/puddle/v2 v2.2.3 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
	golang.org/x/sync v0.22.0 // indirect
	golang.org/x/text v0.41.0 // indirect
)
