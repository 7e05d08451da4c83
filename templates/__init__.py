"""The letters that come with cpra (installed as cpra.templates)."""
