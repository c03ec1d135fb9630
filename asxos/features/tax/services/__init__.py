"""Tax on portfolios, one file a noun."""

from asxos.features.tax.services.cpi import CpiService
from asxos.features.tax.services.previews import PreviewService, SalePreview, what_if
from asxos.features.tax.services.years import TaxService, TaxYear

__all__ = ["CpiService", "PreviewService", "SalePreview", "TaxService", "TaxYear", "what_if"]
