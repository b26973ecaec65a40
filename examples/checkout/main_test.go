package main

const webhookSecret = "the endpoint's secret"
