import { offerWayBack } from "./way_back.js";

void offerWayBack();
