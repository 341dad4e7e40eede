"""Exports of orders that are known by their headings, from their makers' documentation."""

from regulars.core.column_sets import Preset

PRESETS = (
    Preset("Shopify", (("Lineitem name", "Financial Status"), ("Lineitem quantity", "Paid at")),
           {"order": "Name", "placed_at": "Created at", "name": "Billing Name",
            "freight": "Shipping", "sku": "Lineitem sku"}, ("Id", "Notes", "Risk Level")),
    Preset("WooCommerce", (("order_number", "billing_first_name"),
                           ("order_id", "order_subtotal", "payment_method_title")),
           {"order": "order_number", "placed_at": "order_date", "order_total": "order_total",
            "currency": "order_currency", "email": "customer_email", "buyer": "customer_id",
            "given_name": "billing_first_name", "family_name": "billing_last_name",
            "freight": "shipping_total"}, ("order_id", "paid_date", "transaction_id")),
    # Net of discounts, before tax: what the goods were sold for.
    Preset("Square", (("Price Point Name", "Gross Sales"), ("Price Point Name", "Transaction ID")),
           {"order": "Transaction ID", "placed_at": "Date", "description": "Item",
            "quantity": "Qty", "line_total": "Net Sales", "buyer": "Customer ID",
            "name": "Customer Name"},
           ("Time", "Time Zone", "Payment ID", "Gross Sales", "Discounts", "Tax", "Details")),
    Preset("Stripe", (("Amount Refunded", "Created date (UTC)"), ("Seller Message", "Customer ID")),
           {"order": "id", "placed_at": "Created date (UTC)", "line_total": "Amount",
            "buyer": "Customer ID", "email": "Customer Email"},
           ("Converted Amount", "Converted Currency", "Fee", "Card ID")),
    Preset("Stripe", (("Amount Refunded", "Created (UTC)"), ("Converted Amount", "Created (UTC)")),
           {"order": "id", "placed_at": "Created (UTC)", "line_total": "Amount",
            "buyer": "Customer ID", "email": "Customer Email"},
           ("Converted Amount", "Converted Currency", "Fee", "Card ID")),
    # The day on which an invoice is to be paid is no promise of ours.
    Preset("QuickBooks", (("InvoiceNo", "ItemAmount"), ("Invoice number", "Item Amount")),
           {"order": "InvoiceNo", "placed_at": "InvoiceDate", "name": "Customer",
            "description": "Item(Product/Service)", "quantity": "ItemQuantity",
            "line_total": "ItemAmount"}, ("DueDate", "Due date", "Terms", "ItemRate", "Memo")),
)  # fmt: skip
