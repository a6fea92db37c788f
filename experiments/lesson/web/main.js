// Puts the page together: its screens in order, each from the module of its part.

import { startAnnuity } from "./annuity.js";
import { startAnswers } from "./answers.js";
import { CONDITIONS, startFail } from "./fails.js";
import { startHandout } from "./handout.js";
import { startHerd } from "./herd.js";
import { startLook } from "./look.js";
import { startNotes, startRules } from "./notes.js";
import { startRecord } from "./record.js";
import { startSandbox } from "./sandbox.js";
import { startSayings } from "./sayings.js";
import { startScreens } from "./screens.js";
import { read } from "./state.js";
import { data } from "./stored.js";
import { raceKey, startBets, startRace, startTown } from "./story.js";
import { start as startStreet } from "./street.js";
import { startTrust } from "./trust.js";
import { say } from "./words.js";

// Rows of part, screen, words of its title, what starts it, and maybe what takes its keys.
const SCREENS = [
  ["story", "town", "story.town_title", startTown],
  ["story", "bets", "story.bets_title", startBets],
  ["story", "race", "story.race_title", startRace, raceKey],
  ["street", "sell", "street.title", startStreet],
  ["why", "herd", "why.herd_title", startHerd],
  ["why", "annuity", "why.annuity_title", startAnnuity],
  ["why", "trust", "why.trust_title", startTrust],
  ["why", "record", "why.record_title", startRecord],
  ...CONDITIONS.map((key) => ["fails", key, `fails.${key}_title`, startFail(key)]),
  ["sandbox", "sandbox", "sandbox.title", startSandbox],
  ["sayings", "sayings", "sayings.title", startSayings],
  ["answers", "answers", "answers.title", startAnswers],
  ["notes", "notes", "notes.title", startNotes],
  ["notes", "rules", "rules.title", startRules],
];

export function begin() {
  read();
  startLook();
  startScreens(SCREENS);
  startHandout();
  document.getElementById("about").append(say(data.live ? "shell.made_live" : "shell.made", data.about));
}
