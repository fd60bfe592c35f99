-- The run being changed: its fields are read once (open_run), changed in memory, and written once (save_run).
--@include time

local function open_run(key, at)
  local f = call('HMGET', key, RUN.status, RUN.closing, RUN.seq, RUN.busy, RUN.left, RUN.maxParallel, RUN.generations,
    RUN.progressAt, RUN.definition, RUN.format, RUN.workflow, RUN.version, RUN.startedAt, RUN.tags, RUN.priority)
  if not f[1] then return nil end
  return { key = key, id = string.match(key, '([^:]*)$'), cell = string.match(key, '^([^:]*)'), at = at,
    time = string.format('%.0f', at),
    status = f[1], closing = f[2], seq = tonumber(f[3]), busy = tonumber(f[4]), left = tonumber(f[5]),
    max = tonumber(f[6]), generations = tonumber(f[7] or 0), progress = tonumber(f[8] or 0),
    definition = f[9], format = f[10], workflow = f[11], version = f[12], started = f[13], tags = f[14], priority = f[15],
    fields = {}, records = {}, results = {}, appended = false }
end

-- The hash field of an instance: generation 0 is the plain name.
local function field_of(instance, generation)
  if not generation or generation == 0 then return instance end
  return instance .. '#' .. generation
end

-- The field of an instance's current generation.
local function current_field(run, instance)
  if run.generations == 0 then return instance end
  return field_of(instance, tonumber(call('HGET', run.key .. KEY.steps, FIELD.generation .. instance) or 0))
end

local function read_record(run, field)
  local text = call('HGET', run.key .. KEY.steps, field)
  return text and cjson.decode(text) or nil
end

local function is_settled(record)
  local s = record.status
  return s ~= STEP_STATUS.pending and s ~= STEP_STATUS.running and s ~= STEP_STATUS.retrying and s ~= STEP_STATUS.waiting
end

-- Settled without ever being claimed: no attempt, no `step_started`.
local function is_certain_skip(record)
  return record.status == STEP_STATUS.pending and record.skipReason
end

local function put_record(run, field, record)
  local r = run.records
  r[#r + 1] = field
  r[#r + 1] = cjson.encode(record)
end

-- A record that is text already; generation 0.
local function put_text(run, instance, text)
  local r = run.records
  r[#r + 1] = instance
  r[#r + 1] = text
end

local function put_field(run, name, value)
  local f = run.fields
  f[#f + 1] = name
  f[#f + 1] = value
end

-- e: step, generation, attempt, actor, data; absent ones are not stored.
local function append_event(run, type, e)
  run.seq = run.seq + 1
  run.appended = true
  local entry = { EVENT.type, type, EVENT.at, run.time }
  if e then
    if e.step then entry[#entry + 1] = EVENT.step; entry[#entry + 1] = e.step end
    if e.generation and e.generation > 0 then entry[#entry + 1] = EVENT.generation; entry[#entry + 1] = e.generation end
    if e.attempt and e.attempt > 0 then entry[#entry + 1] = EVENT.attempt; entry[#entry + 1] = e.attempt end
    if e.actor then entry[#entry + 1] = EVENT.actor; entry[#entry + 1] = e.actor end
    if e.data then entry[#entry + 1] = EVENT.data; entry[#entry + 1] = e.data end
  end
  call('XADD', run.key .. KEY.events, run.seq .. '-0', unpack(entry))
end

-- Writes what was put so far: a script that loads inputs afterwards must find them.
local function flush_run(run)
  for i = 1, #run.records, LIMIT.valuesPerHset do
    call('HSET', run.key .. KEY.steps, unpack(run.records, i, math.min(i + LIMIT.valuesPerHset - 1, #run.records)))
  end
  if #run.results > 0 then call('HSET', run.key .. KEY.out, unpack(run.results)) end
  run.records, run.results = {}, {}
end

local function save_run(run)
  flush_run(run)
  if run.appended and run.at - run.progress >= LIMIT.progressMs then
    call('ZADD', run.cell .. CELL.open, 'XX', run.time, run.id)
    put_field(run, RUN.progressAt, run.time)
  end
  call('HSET', run.key, RUN.seq, run.seq, RUN.busy, run.busy, RUN.left, run.left, unpack(run.fields))
  if run.appended then call('PUBLISH', run.cell .. CELL.changes .. run.id, run.seq) end
end

local function move_status(run, from, to)
  call('ZREM', run.cell .. CELL.runsOfStatus .. from, run.id)
  call('ZADD', run.cell .. CELL.runsOfStatus .. to, call('ZSCORE', run.cell .. CELL.runs, run.id) or run.at, run.id)
  run.status = to
  put_field(run, RUN.status, to)
end
