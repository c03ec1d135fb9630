"""How well a score foresees: splits by date that leak nothing, and the measures taken on them."""
