Free and forecast quantities on the lines of a material request.
