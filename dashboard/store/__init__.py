"""The only place that knows DuckDB: snapshots, scope, named queries, imports."""

from dashboard.store.reading import Store
from dashboard.store.scope import OPERATOR, Role, Scope
from dashboard.store.snapshots import Snapshot

__all__ = ["OPERATOR", "Role", "Scope", "Snapshot", "Store"]
