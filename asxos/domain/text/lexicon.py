"""Our own words of tone for company news, by subject: what is good or bad to say, what rises and falls, what should.

Written for ASX headlines and plain financial English; nobody else's list is in it. `*` ends a word any way, `!` counts
it twice, `?` half.
"""

GOOD = """
accretive beat* best? better bumper exceed*! excellent expands? expanding? gain* good? great? healthy highest improv*
outperform*! outstanding! pleas* positive* profit profitab* profits record! reliable? resilien* rewarding? robust
solid stellar! strength* strong* success* superior surpass*! top-line turnaround upgrad*! upside

achiev*? advanc*? ahead on-track award* accelerat*? breakthrough! complet*? deliver*? fast-track* fully-funded
landmark maiden? milestone* momentum multi-year? oversubscribed preferred? prestigious? renew*? secure? secured?
secures? securing? select*? sign? signed? signs? unlock*? validat*? well-funded win winner wins won

approv* cleared clearance favourabl* favorabl* grant? granted? grants? green-light issues-patent orphan-designation
positive-opinion recommend*? unconditional well-tolerated

bonanza! broad*? discover*? exceptional! extensive? extraordinary! high-grade high-purity impressive rich?
significant? spectacular! thick? visible? wide? widespread world-class!

agree*? attractive? benefi* boost*? competitive? confident? confidence cornerstone? cost-effective? easier? effective?
efficien*? enabl*? endors*? enhanc* excit*? favour flexib*? innovat*? leading? opportunit*? optimis*? partner*?
popular? premium? progress* promising? proven? reaffirm* rebound* recover* resum*? reward*? safe? save? saves? saving?
savings satisf*? stabilis* stable? support*? sustainabl*? synerg* thriv* valuable? versatile? welcom*? successfully
"""

BAD = """
bleak deficit disappoint*! downgrad*! downturn headwind* impair*! loss loses losing losses lost miss misses missed
negative* poor* pressur*? shortfall sluggish soft? softer? softness struggl* subdued tough unprofitable warn* weak*
worse* worst write-down* writedown* write-off* written-off underperform* unfavourabl* unfavorabl*

bankrupt*! collaps*! default*! distress* insolv*! liquidat*! administrators? receiver*? creditor*? wind-up winding-up
dilut* unpaid overdue

cancel* ceas*? clos*? delay* deferr* derail* discontinu* dispos*? halt* idle* incident? interrupt* laid-off lay-off*
layoff* outage* overrun* postpon* problem*? redundan* retrench* scrap* setback* shortage* shut* stoppage*
strike-action suspen* terminat* unplanned withdr*? workforce-reduction

accident* contaminat* cyber? damage* disrupt* explosion fatal* fire? flood* injur* leak* recall* spill unsafe

allegation* alleg* breach* class-action dismiss*? disput* fraud*! illegal* infring* investigat* lawsuit* litigat*
misconduct mislead* penalt* fine? fined fines prosecut* reject* sanction* unlawful* violat* prohibit* refus* oppos*
raid? theft seiz*

adverse* bad? challeng*? concern*? crisis! difficult*? doubt* fail* fear*? hurt*? inconclusive ineffective instabil*
lack*? plung*! resign* risk*? severe*! slump*! threat* trouble* uncertain* unable unsuccessful unstable volatil*
vulnerab* worr*
"""

UP = """
advance* climb* doubl* expand* grew grow grows growing grown growth high higher increas* jump* leap* lift* more
quadrupl* rais* rall* ramp* rebound* rise rises risen rising rose rocket* soar*! surg*! tripl* up upped uplift widen*
"""

DOWN = """
cut cuts cutting decreas* declin* deteriorat* diminish* dip dips dipped dive* down drop* eas* fall* fell halv* less
low lower lowered lowers narrow* plummet*! reduc* retreat* shrank shrink* sank sink* slash*! slid slide* slip* slow*
tumbl*! weaken* contracted
"""

DESIRED = """
asset* backlog* booking* business capacity cash cashflow* customer* deliver* demand deposit* dividend* earning* ebit
ebita ebitda eps export* fee fees gdp grade* guidance income inflow* margin* member* nav npat nta order* output
outlook payout position price* production productivity profit* reserve* resource* result* return* revenue* sale sales
share shares shipment* subscriber* throughput traffic turnover user* utilisation utilization value visitor* volume*
yield* recover*
"""

UNWANTED = """
arrears attrition burn charge* churn claim* complaint* cost costs debt* deficit* delinquenc* dilution downtime
emission* expenditure* expens* gearing impairment* injur* leverage liabilit* loss losses outflow* overhead* overrun*
provision* redundanc* risk* shortage* unemployment vacanc* volatility write-down* writedown* write-off*
"""

NOT = """
no not never neither nor without cannot lack lacks lacked unable hardly barely fail fails failed failing
"""
"""A word that ends in n't is one too."""

STRONGER = """
clearly considerabl* deeply dramatic* drastic* especially extremely greatly highly hugely markedly materially much
particularly rapidly sharp* significantly steep* strongly substantial* vastly very
"""

WEAKER = """
almost fairly little marginal* mildly minor modest* moderate* nearly partially partly relatively slight* somewhat
"""
