// The page that is one file.

import { begin } from "./main.js";

begin();

export const begun = true;
