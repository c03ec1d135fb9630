"""What the tests of the HTTP door share."""

import pytest
from schemathesis.pytest.plugin import SchemathesisFunction


def pytest_itemcollected(item: pytest.Item) -> None:
    """Put its operation into a test's id, where pytest 9.2 leaves it out: workers run ids, and ran one of them all."""
    if isinstance(item, SchemathesisFunction):
        item._id = item.id.with_params(item.operation_label)  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
