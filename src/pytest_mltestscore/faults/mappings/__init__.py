"""Damages of mappings: metrics, versions, metadata, policies, one a file."""
