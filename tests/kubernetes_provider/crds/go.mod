// Whose CustomResourceDefinitions tests install, pinned by go.sum: data, of which nothing is built.
module slipway/kubernetes_provider/crds

go 1.25.0

require (
	github.com/cert-manager/cert-manager v1.19.1
	github.com/prometheus-operator/prometheus-operator v0.85.0
	sigs.k8s.io/gateway-api v1.4.1
)
