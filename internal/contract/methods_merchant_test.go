package contract_test

var merchantMethods = calls{}
