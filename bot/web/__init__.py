"""The resident's pages, the workbench, live news, health."""
