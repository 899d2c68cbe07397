// n8n reads the "n8n" entry of package.json; nothing is exported from here.
