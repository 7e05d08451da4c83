"""cpra: a requester's workbench for the California Public Records Act and FOIA."""

__version__ = "0.1.0"
