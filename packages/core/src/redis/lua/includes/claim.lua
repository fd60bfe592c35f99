-- What a claim loads, as a flat list of name, record, value: `_input`, `@<map>.<index>`, `#<container>` (its counters), or an instance.
local function load_inputs(run, names, held)
  local reply, plain, fields = {}, {}, {}
  for _, name in ipairs(names) do
    local kind = string.sub(name, 1, 1)
    if kind == '@' then
      reply[#reply + 1] = name
      reply[#reply + 1] = ''
      reply[#reply + 1] = call('HGET', run.key .. KEY.items, string.sub(name, 2)) or ''
    elseif kind == '#' then
      local c = string.sub(name, 2)
      local n = call('HMGET', run.key .. KEY.steps, FIELD.total .. c, FIELD.failed .. c, FIELD.skipped .. c, FIELD.takenCase .. c)
      reply[#reply + 1] = name
      reply[#reply + 1] = n[4] or ''
      reply[#reply + 1] = (n[1] or 0) .. ' ' .. (n[2] or 0) .. ' ' .. (n[3] or 0)
    elseif not (held and held[name]) then
      plain[#plain + 1] = name
      fields[#fields + 1] = current_field(run, name)
    end
  end
  if #plain > 0 then
    flush_run(run)
    local records = call('HMGET', run.key .. KEY.steps, unpack(fields))
    local values = call('HMGET', run.key .. KEY.out, unpack(fields))
    for i, name in ipairs(plain) do
      reply[#reply + 1] = name
      reply[#reply + 1] = records[i] or ''
      reply[#reply + 1] = values[i] or ''
    end
  end
  return reply
end

-- The reply to the worker. `kind`: claimed, or skip for a step that is certain to be skipped. since: when it could first be claimed.
local function claim_reply(run, kind, instance, generation, record, since)
  return { kind, instance, generation, record.attempts or 0, record.skipReason or '', record.failures or 0, record.crashes or 0,
    record.startedAt or run.at, since or record.queuedAt or run.at, run.at, run.definition, run.workflow, run.version,
    run.started or run.at, run.tags, run.priority }
end

-- One more attempt of an instance. A record that still says `running` belongs to a worker that disappeared.
-- owner: the lock's token, where a second call of the same claim must be distinguished from that.
local function claim(run, instance, generation, role, record, owner)
  local fresh = not record
  record = record or { [RECORD.status] = STEP_STATUS.pending }
  local e = { step = instance, generation = generation, attempt = record.attempts }
  local since = record.dueAt
  if record.status == STEP_STATUS.running then
    since = run.at
    record.crashes = (record.crashes or 0) + 1
    append_event(run, 'step_crashed', e)
  end
  record.status = STEP_STATUS.running
  record.attempts = (record.attempts or 0) + 1
  record.startedAt = record.startedAt or run.at
  record.queuedAt = record.queuedAt or run.at
  record.dueAt = nil
  record.owner = owner
  if fresh then
    put_text(run, instance, '{"' .. RECORD.status .. '":"' .. STEP_STATUS.running .. '","' .. RECORD.attempts .. '":1,"' .. RECORD.queuedAt .. '":' .. run.time
      .. ',"' .. RECORD.startedAt .. '":' .. run.time .. '}')
  else
    put_record(run, field_of(instance, generation), record)
  end
  if run.status == RUN_STATUS.initializing then
    move_status(run, RUN_STATUS.initializing, RUN_STATUS.running)
    put_field(run, RUN.startedAt, run.at)
    run.started = run.at
    append_event(run, 'run_started')
  end
  e.attempt = record.attempts
  if role == 'step' then append_event(run, 'step_started', e) end
  if role == 'enter' then
    e.step = string.sub(instance, 1, -1 - #NODE.enter)
    append_event(run, 'step_started', e)
  end
  return claim_reply(run, 'claimed', instance, generation, record, since)
end
