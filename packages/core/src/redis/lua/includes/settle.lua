-- One settlement: the outcome, its event, its counters, and its arrival at the dependents while the gate is open.
--@include keep-text closing claim schedule

local function record_outcome(run, s, command, record)
  record = record or { [RECORD.status] = STEP_STATUS.pending }
  record.status = s.status
  record.endedAt = run.at
  record.dueAt = nil
  record.owner = nil
  record.skipReason = s.reasonOfSkip
  record.error = s.error
  if s.degraded then record.degraded = 1 end
  local field = field_of(s.instance, command and command.generation or 0)
  if not command then field = current_field(run, s.instance) end
  put_record(run, field, record)
  if s.result then
    run.results[#run.results + 1] = field
    run.results[#run.results + 1] = keep_text(run.key, field, s.result)
  end
end

local function settle(run, plan, s, command, record)
  record_outcome(run, s, command, record)
  local generation, attempt = command and command.generation or 0, command and command.attempt or 0
  if s.isTop then run.left = run.left - 1 end
  if s.countIn and s.status ~= STEP_STATUS.completed then
    call('HINCRBY', run.key .. KEY.steps, (s.status == STEP_STATUS.skipped and FIELD.skipped or FIELD.failed) .. s.countIn, 1)
  end
  if s.status == STEP_STATUS.completed and not s.silent then call('RPUSH', run.key .. KEY.done, s.instance) end
  if s.event then
    append_event(run, s.event, { step = s.step or s.instance, generation = generation, attempt = attempt, data = s.data })
  end
  if s.failsRun then write_closing(run, RUN_STATUS.failed, nil, s.closingData) end
  if run.closing then return end -- I6
  -- I3: the dependents are counted down in the script that recorded the outcome.
  if s.entered then enter_container(run, plan, s.entered) end
  for _, dependent in ipairs(s.dependents) do arrive(run, plan, dependent, s.arrival) end
  if s.endsItem then end_item(run, plan, s.endsItem) end
  if s.endsBranchOf then end_branch(run, plan, s.endsBranchOf) end
end

local function go_on_inline(run, entry, command)
  local held = {}
  for _, name in ipairs(command.held) do held[name] = true end
  if entry.skip then
    local record = { [RECORD.status] = STEP_STATUS.pending, [RECORD.queuedAt] = run.at, [RECORD.skipReason] = entry.skip }
    put_record(run, entry.instance, record)
    local skip = claim_reply(run, 'skip', entry.instance, 0, record)
    skip[#skip + 1] = {}
    return skip
  end
  local reply = claim(run, entry.instance, 0, entry.role)
  if entry.loads then reply[#reply + 1] = load_inputs(run, entry.loads, held) end
  return reply
end

local function keep_failed_job(run, command)
  local kept = cjson.decode(call('HGET', run.key, RUN.kept) or '[]')
  kept[#kept + 1] = { command.job.queue, command.job.id }
  put_field(run, RUN.kept, cjson.encode(kept))
end
