The register of material requests, offers from requests, the dispatch register and the configuration confirmation.
