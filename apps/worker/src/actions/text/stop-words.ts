/** Words of English that carry no topic: pronouns, prepositions, auxiliaries, connectives and vague quantities. */
export function isStopWord(word: string): boolean {
  return stopWords.has(word);
}

const stopWords: ReadonlySet<string> = new Set(
  `a about above across after again against all almost alone along already also although always am among an and another any
  anybody anyone anything anywhere are aren't around as ask asked at away back be became because become becomes been before
  began behind being below besides best better between beyond both but by came can can't cannot certain certainly clear
  clearly come comes could couldn't did didn't different do does doesn't doing don't done down during each early eight either
  else enough even ever every everybody everyone everything everywhere far few first five for four from full fully further
  gave generally get gets getting give given gives go goes going gone good got great had hadn't has hasn't have haven't having
  he he'd he'll he's her here hers herself high him himself his hold how however i i'd i'll i'm i've if in indeed instead into
  is isn't it it'd it'll it's its itself just keep kept knew know known knows large largely last late later least less let
  let's like likely little long made make makes making many may maybe me mean means might mine more most mostly much must my
  myself near nearly need needs neither never new next nine no nobody none nor not nothing now nowhere of off often old on
  once one ones only onto or other others our ours ourselves out over own part per perhaps put quite rather really right said
  same saw say says second see seem seemed seems seen seven several set shall she she'd she'll she's should shouldn't show showed
  shown shows since six small so some somebody someone something sometimes somewhere soon still such take taken takes ten than
  that that's the their theirs them themselves then there there's therefore these they they'd they'll they're they've thing
  things think third this those though three through throughout thus till time times to today together told too took toward towards turn
  turned two under until up upon us use used uses using usually very was wasn't way ways we we'd we'll we're we've well went
  were weren't what what's whatever when whenever where wherever whether which while who whoever whole whom whose why will with
  within without won't would wouldn't yes yet you you'd you'll you're you've your yours yourself yourselves`
    .trim()
    .split(/\s+/),
);
