"""The command line: parse, call one action or report, print."""
