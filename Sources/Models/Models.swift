// Placeholder of the layer; see docs/architecture.md.
