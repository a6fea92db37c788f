// Puts the page together.

import { startBets } from "./bets.js";
import { startConclusion } from "./conclusion.js";
import { startControls } from "./controls.js";
import { mountExchange } from "./exchange.js";
import { startPicture } from "./picture.js";
import { mountJudged, mountRace } from "./race.js";
import { data } from "./source.js";
import { startSteps } from "./steps.js";
import { start } from "./street.js";

startControls();
start(document.getElementById("street"));
startBets();
for (const place of document.querySelectorAll("[data-race]")) mountRace(place);
for (const place of document.querySelectorAll("[data-exchange]")) mountExchange(place);
for (const place of document.querySelectorAll("[data-judged]")) mountJudged(place);
startPicture();
startConclusion();
startSteps();
document.getElementById("about").textContent = `Scenario ${data.about.scenario}, model version ${data.about.model}. ${
  data.live ? "Run on this machine by longgame page" : "Made by longgame lesson"}; nothing here is loaded from anywhere else.`;

export const started = true;
