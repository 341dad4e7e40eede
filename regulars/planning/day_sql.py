"""The statement of the day: who is due, on whose list, and what they are worth; in its pieces."""

# The pieces hold numbers and names of this room alone; every value is bound.
# ruff: noqa: S608

from regulars.planning.priors import BEGUN, KEPT_PLACE

# Stands in place of "may be written to" for who refused calls and can be reached by nothing else.
UNREACHABLE = -1

# What somebody said about channels, as one number: what they refused, and what they allowed.
SAID = {
    "no_visit": 1, "no_call": 2, "no_note": 4, "no_letter": 8, "no_paper": 4 + 8,
    "may_email": 16, "may_text": 32, "may_write": 16 + 32,
}  # fmt: skip
# What reasons and worth are made of.
KNOWN = """customer_id, member_id, kind, tier, stake_minor, weight, given_most,
    purchase_count, first_on, last_on, rhythm_due_on, slipping_on, slipping_days, less_since_on,
    owner_back, cadence_days, personal_days, silent_days, waiting_days, unmet_days,
    is_rested, is_personal_due"""
KNOWN_TOLD = ", is_without_manager, given_reason, given_on, subject"
# So that it is worked out once, and not wherever it is named: SQLite writes it down. On PostgreSQL
# that takes longer; there it does not look behind an offset.
KEPT = {
    "sqlite": {"kept": "MATERIALIZED", "fence": ""},
    "postgresql": {"kept": "", "fence": "OFFSET 0"},
}

# To whom rooms below give reasons, with the first of them and how pressing the most pressing is.
GIVEN = """
SELECT customer_id, reason, due_on, subject, most FROM (
  SELECT u.*, max(pressing) OVER (PARTITION BY customer_id) AS most,
    row_number() OVER (PARTITION BY customer_id ORDER BY place, overdue DESC, subject) AS nth
  FROM ({given}) u
) ranked WHERE nth = 1
"""
# The same, as each database reads what was bound; it is asked once, and looked at twice. Only of
# what it knows to be a number does SQLite make an index by itself.
GIVEN_AGAIN = {
    "sqlite": """
  SELECT CAST(json_extract(value, '$[0]') AS integer) AS customer_id,
    json_extract(value, '$[1]') AS given_reason, json_extract(value, '$[2]') AS given_on,
    json_extract(value, '$[3]') AS subject, json_extract(value, '$[4]') AS given_most
  FROM json_each(%(given)s)
""",
    "postgresql": """
  SELECT CAST(value ->> 0 AS bigint) AS customer_id, value ->> 1 AS given_reason,
    CAST(value ->> 2 AS date) AS given_on, value ->> 3 AS subject,
    CAST(value ->> 4 AS double precision) AS given_most
  FROM jsonb_array_elements(CAST(%(given)s AS jsonb)) AS given
""",
}
DAY = """
WITH {terms_tables}, given AS MATERIALIZED ({given}), permission AS (
  SELECT customer_id, sum(CASE channel
      WHEN 'email' THEN CASE decision WHEN 'granted' THEN {may_email} ELSE 0 END
      WHEN 'text' THEN CASE decision WHEN 'granted' THEN {may_text} ELSE 0 END
      WHEN 'call' THEN CASE decision WHEN 'withdrawn' THEN {no_call} ELSE 0 END
      WHEN 'visit' THEN CASE decision WHEN 'withdrawn' THEN {no_visit} ELSE 0 END
      WHEN 'note' THEN CASE decision WHEN 'withdrawn' THEN {no_note} ELSE 0 END
      WHEN 'letter' THEN CASE decision WHEN 'withdrawn' THEN {no_letter} ELSE 0 END
      ELSE 0 END) AS said
  FROM consent_consentstate
  WHERE purpose = '' AND customer_id > %(after)s AND customer_id <= %(until)s{those}
  GROUP BY customer_id
), served AS (
  SELECT r.of_id AS department_id, CAST(sum(f.stake_minor) AS bigint) AS stake_minor
  FROM customers_relation r JOIN insight_customerfacts f ON f.customer_id = r.to_id
  WHERE r.kind = 'serves' AND (r.since_on IS NULL OR r.since_on <= %(day)s)
    AND (r.until_on IS NULL OR r.until_on > %(day)s)
  GROUP BY r.of_id
), stood AS (
  SELECT customer_id, max(keeps) AS keeps FROM ({stood}) lately GROUP BY customer_id
), listed AS (
  SELECT c.id AS customer_id, c.kind,
    {whose} AS member_id, {back} AS owner_back,
    CASE WHEN c.manager_id IN ({staff}) THEN 0 ELSE 1 END AS is_without_manager,
    coalesce(o.tier, f.tier, 'new') AS tier,
    coalesce(f.stake_minor, 0) AS stake_minor,
    coalesce(f.purchase_count, 0) AS purchase_count,
    f.first_on, f.last_on, f.due_on AS rhythm_due_on, f.slipping_on, f.usual_gap_days,
    b.since_on AS less_since_on,
    t.last_touch_at, coalesce(t.last_channel, '') AS last_channel,
    CASE WHEN t.last_touch_at >= %(live_at)s THEN NULL ELSE ft.due_on END AS first_due_on,
    {personal_since} AS personal_since, {terms_given},
    g.given_reason, g.given_on, g.subject, coalesce(g.given_most, 0) AS given_most
  FROM customers_customer c
  LEFT JOIN insight_customerfacts f ON f.customer_id = c.id
  LEFT JOIN insight_tieroverride o ON o.customer_id = c.id
  LEFT JOIN insight_buyingless b ON b.customer_id = c.id
  LEFT JOIN conversations_clock t ON t.customer_id = c.id
  LEFT JOIN planning_firsttouch ft ON ft.customer_id = c.id
  LEFT JOIN planning_pause p ON p.customer_id = c.id
  LEFT JOIN given g ON g.customer_id = c.id
  {terms_joins}
  WHERE c.archived_at IS NULL AND (f.crowd_sales IS NULL OR f.crowd_sales = 0)
    AND c.id > %(after)s AND c.id <= %(until)s{these}
    AND (p.until IS NULL OR p.until <= %(day)s OR p.put_off_at < g.given_on)
    AND c.id NOT IN (
      SELECT planning_planitem.customer_id FROM planning_planitem
      JOIN planning_plan ON planning_plan.id = planning_planitem.plan_id
      WHERE planning_plan.day = %(day)s AND NOT (
        planning_planitem.state IN ('open', 'waiting')
        AND planning_planitem.handed_by_id IS NULL AND planning_plan.member_id IN ({planned})))
    AND c.id NOT IN (
      SELECT h.customer_id FROM messaging_hold h
      WHERE h.customer_id IS NOT NULL AND h.lifted_at IS NULL
        AND (h.until IS NULL OR h.until > %(day_at)s)
        AND (h.stops = 'all' OR h.kind = 'bereavement'))
), termed AS (
  SELECT listed.*, {terms_resolved} FROM listed WHERE member_id IN ({planned})
), timed AS (
  SELECT termed.*,
    CASE tier {weight} END AS weight,
    CASE WHEN last_touch_at IS NULL THEN 1
      WHEN last_touch_at < cadence_at AND (most_at IS NULL OR last_touch_at < most_at) THEN 1
      ELSE 0 END AS is_rested,
    CASE WHEN personal_since < personal_at AND last_touch_at >= %(live_at)s
      AND (most_at IS NULL OR last_touch_at < most_at) THEN 1 ELSE 0 END AS is_personal_due,
    {personal_days} AS unmet_days,
    {silent_days} AS silent_days,
    {waiting_days} AS waiting_days,
    {slipping_days} AS slipping_days
  FROM termed
), known AS {kept} (
  SELECT {known},
    CASE WHEN last_touch_at >= %(live_at)s OR first_due_on <= %(day)s THEN 1 ELSE 0 END AS is_due
  FROM timed WHERE is_rested = 1 OR is_personal_due = 1 OR given_most > 0 {fence}
), pressing AS {kept} (
  SELECT customer_id, member_id, kind, tier, stake_minor, weight, silent_days, given_most,
    {greatest}(given_most, {urgencies}) AS most{of_those}
  FROM known {fence}
), worthy AS (
  SELECT due.customer_id, member_id{told},
    {greatest}(stake, 1) * weight * most * coalesce(stood.keeps, 1.0)
      * CASE WHEN given_most > 0 THEN 1.0
        ELSE {least}(1.0, coalesce(silent_days, {burden_days}) / {burden_days}.0) END AS worth,
    CASE WHEN coalesce(said, 0) & {no_call} = 0 OR {reached}
      THEN CASE WHEN coalesce(said, 0) & {may_write} = 0 THEN 0 ELSE 1 END
      ELSE {unreachable} END AS means
  FROM (
    SELECT due.*, coalesce(
      CASE WHEN kind = 'department' THEN served.stake_minor END, due.stake_minor) AS stake
    FROM pressing due LEFT JOIN served ON served.department_id = due.customer_id
    WHERE most > 0
  ) due
  LEFT JOIN permission ON permission.customer_id = due.customer_id
  LEFT JOIN stood ON stood.customer_id = due.customer_id
)
{last}"""
RANKED_ONLY = {"of_those": "", "told": "", "known": KNOWN}
# What is to be known of them: of all the others it need not be carried along.
OF_THOSE = """,
    is_without_manager, cadence_days, is_rested, given_reason, given_on, subject,
    CASE WHEN is_rested = 1 THEN silent_days / cadence_days ELSE unmet_days / personal_days END
      AS overdue"""
WORTHY_TOLD = """, tier, due.kind,
    CASE WHEN given_most > 0 THEN given_reason {reason} END AS reason, cadence_days,
    is_without_manager, is_rested, given_on, subject, stake,
    CASE WHEN given_most > 0 THEN NULL ELSE overdue END AS overdue"""
TOLD = """
SELECT customer_id, CAST(worth AS double precision), member_id, tier, kind, reason,
  CAST(stake AS bigint), cadence_days,
  is_without_manager, is_rested, given_on, subject, overdue
FROM worthy WHERE means <> {unreachable}
"""
# Since when nobody gave them their time: known only where such a cadence holds.
PERSONAL_SINCE = """CASE WHEN t.last_personal_at >= %(live_at)s THEN t.last_personal_at
      WHEN c.created_at > %(live_at)s THEN c.created_at ELSE %(live_at)s END"""
NO_MOMENT = "NULLIF(%(live_at)s, %(live_at)s)"
# Whether who refused calls can be reached by anything else.
REACHED = """
  due.kind = 'department' AND said & {no_visit} = 0
  OR (said & {no_paper} = 0 OR said & {no_visit} = 0
      AND (tier IN ({visited}) OR due.kind = 'organisation'))
    AND EXISTS (SELECT 1 FROM customers_contactpoint p WHERE p.customer_id = due.customer_id
      AND p.state = 'usable' AND p.kind = 'address')
  OR said & {may_email} <> 0
    AND EXISTS (SELECT 1 FROM customers_contactpoint p WHERE p.customer_id = due.customer_id
      AND p.state = 'usable' AND p.kind = 'email')
  OR said & {may_text} <> 0
    AND EXISTS (SELECT 1 FROM customers_contactpoint p WHERE p.customer_id = due.customer_id
      AND p.state = 'usable' AND p.kind = 'phone')
"""
# Who stood on the last list and was not reached, and who was begun within two weeks.
STOOD = f"""
  SELECT i.customer_id, CASE WHEN i.state = 'open' THEN {KEPT_PLACE} ELSE {BEGUN} END AS keeps
  FROM planning_planitem i JOIN planning_plan p ON p.id = i.plan_id
  LEFT JOIN conversations_touch t ON t.id = i.touch_id AND t.taken_back_at IS NULL
  WHERE p.day < %(day)s AND p.day >= %(fresh_since)s AND (
    i.state = 'open' AND p.day = (SELECT max(day) FROM planning_plan WHERE day < %(day)s)
    OR i.state = 'snoozed' AND i.until <= %(day)s
    OR i.state = 'done' AND t.outcome = 'no_answer')
"""
