"""An ad server: enquiries, customer accounts with campaigns, ad statistics, access logs."""
