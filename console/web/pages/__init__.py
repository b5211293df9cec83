"""The pages, one file each: a route reads what it shows, a template in `../templates` shows it."""
