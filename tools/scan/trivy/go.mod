module slipway/scan/trivy

go 1.25.0

require github.com/aquasecurity/trivy v0.67.0
