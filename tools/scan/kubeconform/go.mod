module slipway/scan/kubeconform

go 1.25.0

require github.com/yannh/kubeconform v0.7.0
