"""The law as data: rules, calendars and authorities, each cited, dated and exemplified."""
