"""Sites: what a site says of itself, CMS layouts, addresses."""
