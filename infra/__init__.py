"""The Pulumi program. It knows the service only through app/service.toml."""
