"""Who a resident is to staff, and who serves as what."""
