-- Counting down dependents and handing ready nodes to BullMQ.
--
-- FIELD.arrived packs three counts into one number, so that one HINCRBY counts an arrival and answers all three:
--   arrived + skipped * 2^20 + failed * 2^36
-- Example: a node that needs 3 sees `ok`, `skipped`, `failed`. The counter goes 1, then 1 + 1 + 2^20 = 1048578, then
-- 1048578 + 1 + 2^36 = 68720525315; unpacked: arrived 3, skipped 1, failed 1. A graph has far fewer than 2^16 predecessors per
-- node, so that no count reaches the next one, and all of it stays below the 2^53 that a number of Lua holds exactly.
--@include queue-step

local SKIPPED, FAILED = 1048576, 68719476736 -- 2^20, 2^36

local function ready(plan, instance, route, skip)
  plan.ready[#plan.ready + 1] = { instance = instance, queue = route.queue, priority = route.priority, name = route.name,
    role = route.role, data = route.data, loads = route.loads, skip = skip }
end

-- The slots of a parallel with maxParallel, read once per script. Branches that wait form a line: FIELD.waitingBranch holds them by
-- number, FIELD.firstWaiting is the number of the first, FIELD.nextWaiting the number that the next one will get.
-- Example: `fan` has 5 branches and maxParallel 2. b0 and b1 enter (used 2); b2, b3, b4 become `w:fan.0`, `w:fan.1`, `w:fan.2`
-- (head 0, tail 3). When b0 ends, `w:fan.0` is deleted and b2 takes its slot (used 2, head 1). Head = tail: nobody waits.
local function branches_of(run, plan, container)
  local b = plan.branches[container]
  if b then return b end
  local v = call('HMGET', run.key .. KEY.steps, FIELD.branchesInUse .. container, FIELD.firstWaiting .. container, FIELD.nextWaiting .. container)
  b = { used = tonumber(v[1] or 0), head = tonumber(v[2] or 0), tail = tonumber(v[3] or 0) }
  plan.branches[container] = b
  return b
end

local function save_branches(run, plan)
  for container, b in pairs(plan.branches) do
    put_text(run, FIELD.branchesInUse .. container, b.used)
    put_text(run, FIELD.firstWaiting .. container, b.head)
    put_text(run, FIELD.nextWaiting .. container, b.tail)
  end
end

local function enter_branch(run, plan, instance, route, skip)
  local container = route.branchOf
  if container then
    local b = branches_of(run, plan, container)
    if b.used >= route.width then
      put_text(run, FIELD.waitingBranch .. container .. '.' .. b.tail, cjson.encode({ instance, route, skip }))
      b.tail = b.tail + 1
      return
    end
    b.used = b.used + 1
  end
  ready(plan, instance, route, skip)
end

local function arrive(run, plan, dependent, arrival)
  local route, need = dependent.route, dependent.indegree
  local judged = route.role == 'step' or route.role == 'enter'
  local arrived, skipped, failed = 1, arrival == STEP_STATUS.skipped and 1 or 0, arrival == STEP_STATUS.failed and 1 or 0
  if need ~= 1 then
    local by = 1
    if judged then by = 1 + skipped * SKIPPED + failed * FAILED end
    local n = call('HINCRBY', run.key .. KEY.steps, FIELD.arrived .. dependent.instance, by)
    if need == 0 then
      if n == 0 then ready(plan, dependent.instance, route) end
      return
    end
    arrived, skipped, failed = n % SKIPPED, math.floor(n % FAILED / SKIPPED), math.floor(n / FAILED)
    if arrived ~= need then return end
  end
  local skip
  if judged and failed > 0 then
    skip = 'dependency_failed'
  elseif judged and skipped == need and not route.aware then
    skip = 'dependency_skipped'
  end
  enter_branch(run, plan, dependent.instance, route, skip)
end

-- The next item of a map enters: each root of its body is ready. Item 3 of { before = 'chunks.', after = '.extract' } is the
-- instance `chunks.3.extract`; a `*` in what its route carries becomes 3.
local function enter_item(run, plan, template, index)
  for _, root in ipairs(template.roots) do
    local route = { queue = root.route.queue, priority = root.route.priority, name = root.route.name, role = root.route.role,
      data = string.gsub(root.route.data, '%*', index), loads = {} }
    for i, name in ipairs(root.route.loads or {}) do route.loads[i] = string.gsub(name, '%*', index) end
    if not root.route.loads then route.loads = nil end
    ready(plan, root.before .. index .. root.after, route)
  end
end

local function end_item(run, plan, template)
  local counts = call('HMGET', run.key .. KEY.steps, FIELD.entered .. template.map, FIELD.total .. template.map)
  local index = tonumber(counts[1])
  if index >= tonumber(counts[2]) then return end
  call('HINCRBY', run.key .. KEY.steps, FIELD.entered .. template.map, 1)
  enter_item(run, plan, template, index)
end

local function end_branch(run, plan, container)
  local b = branches_of(run, plan, container)
  if b.head == b.tail then
    b.used = b.used - 1
    return
  end
  -- It may have begun to wait in this very script.
  flush_run(run)
  local field = FIELD.waitingBranch .. container .. '.' .. b.head
  local branch = cjson.decode(call('HGET', run.key .. KEY.steps, field))
  call('HDEL', run.key .. KEY.steps, field)
  b.head = b.head + 1
  ready(plan, branch[1], branch[2], branch[3])
end

-- What an enter decided: how many arrive at the exit, and the first items of a map.
local function enter_container(run, plan, entered)
  local steps, exit = run.key .. KEY.steps, entered.exit
  local fields = { FIELD.total .. exit.instance, entered.total }
  if entered.case then fields[#fields + 1] = FIELD.takenCase .. exit.instance; fields[#fields + 1] = entered.case end
  if entered.arrivals then fields[#fields + 1] = FIELD.arrived .. exit.instance; fields[#fields + 1] = -entered.arrivals end
  local first = 0
  if entered.items then
    first = math.min(entered.items.width, entered.total)
    fields[#fields + 1] = FIELD.entered .. exit.instance
    fields[#fields + 1] = first
  end
  call('HSET', steps, unpack(fields))
  for index = 0, first - 1 do enter_item(run, plan, entered.items.template, index) end
  if entered.arrivals == 0 then ready(plan, exit.instance, exit.route) end
end

-- Of what became ready together, the first by priority goes first.
local function sort_by_priority(list)
  local sorted = true
  for i, entry in ipairs(list) do
    entry.order = i
    if i > 1 and entry.priority < list[i - 1].priority then sorted = false end
  end
  if sorted then return end
  table.sort(list, function(one, other)
    if one.priority ~= other.priority then return one.priority < other.priority end
    return one.order < other.order
  end)
end

-- What finds no slot waits in `:ready`.
local function wait_in_line(list, entries)
  for i = 1, #entries, LIMIT.entriesPerPush do
    call('RPUSH', list, unpack(entries, i, math.min(i + LIMIT.entriesPerPush - 1, #entries)))
  end
end

-- Hands over what is ready, none of it lost (I4): one continues inline, as many as there are slots become jobs (<= 200 per script), the rest waits in `:ready`.
local function schedule(run, plan, command)
  local list, inline, rest, parked = run.key .. KEY.ready, nil, {}, {}
  sort_by_priority(plan.ready)
  for _, entry in ipairs(plan.ready) do
    local control = entry.role ~= 'step' or entry.skip
    local own = entry.queue == command.job.queue and entry.priority == command.priority
    if command.inline and not inline and (control or own) then inline = entry else rest[#rest + 1] = entry end
  end
  if not inline then run.busy = run.busy - 1 end
  local added = 0
  -- Who waits already comes first.
  local waits = #rest > 0 and call('LLEN', list) > 0
  for _, entry in ipairs(rest) do
    if not waits and run.busy < run.max and added < LIMIT.jobsPerScript then
      queue_step(run, command.queues, entry)
      added = added + 1
    else
      parked[#parked + 1] = cmsgpack.pack(entry)
    end
  end
  wait_in_line(list, parked)
  while run.busy < run.max and added < LIMIT.jobsPerScript do
    local entry = call('LPOP', list)
    if not entry then break end
    queue_step(run, command.queues, cmsgpack.unpack(entry))
    added = added + 1
  end
  return inline
end
