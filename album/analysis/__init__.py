"""Looking at pictures: the protocol of analysers, their registry, the pipeline that feeds them."""
