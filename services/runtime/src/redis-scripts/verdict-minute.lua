-- Prelude of report.lua and seal.lua: a verdict-minute's hash, its verdict, its stream entry. The rules are those of
-- services/core/src/verdict.ts and verdict-minute.ts, and a test runs both over the same generated cases.
--
-- Fields of the hash: <region> packed vote · d:<region> finding JSON when noteworthy · s:<region> newest slot reported ·
-- ask regions asked by slots · also regions asked by looks and immediate probes · last last slot of the minute · cov
-- minutes covered · rc retention class · tp traceparent of the first result · due seal deadline · sealed sealed at · rev.
--
-- Instants stay texts wherever they are only copied: a Lua number is a double and prints as 1.7e+12.

local function read_minute(key)
  local flat = redis.call('HGETALL', key)
  local minute = {}
  for i = 1, #flat, 2 do
    minute[flat[i]] = flat[i + 1]
  end
  return minute
end

-- A region's name has its dash in third place; no other field has.
local function is_region(field)
  return string.byte(field, 3) == 45
end

-- Union of two comma-separated lists; the first keeps its order.
local function union(known, added)
  if added == nil or known == added then
    return known
  end
  if known == nil then
    return added
  end
  local listed = ',' .. known .. ','
  for region in string.gmatch(added, '[^,]+') do
    if not string.find(listed, ',' .. region .. ',', 1, true) then
      known = known .. ',' .. region
      listed = listed .. region .. ','
    end
  end
  return known
end

local function median(values)
  local count = #values
  if count == 0 then
    return ''
  end
  table.sort(values)
  local lower = values[math.floor((count + 1) / 2)]
  local upper = values[math.floor(count / 2) + 1]
  return string.format('%.0f', math.floor((lower + upper) / 2))
end

-- Returns state, reason ('' for none), median latency ('' for none), newest observedAtMs; all texts.
local function judge(minute)
  local states, reasons, latencies = {}, {}, {}
  local seen = { down = 0, degraded = 0, auth_walled = 0, up = 0, unknown = 0 }
  local newest_at = 0
  for field, packed in pairs(minute) do
    if is_region(field) then
      local at, state, reason, latency =
        string.match(packed, '^(%d+)|%x+|%d+|%d+|([a-z_]+)|([a-z_]*)|(%d*)|')
      states[#states + 1] = state
      reasons[#reasons + 1] = reason
      seen[state] = seen[state] + 1
      newest_at = math.max(newest_at, tonumber(at))
      if latency ~= '' and state ~= 'unknown' then
        latencies[#latencies + 1] = tonumber(latency)
      end
    end
  end

  local lead = 'unknown'
  if seen.down > 0 then
    lead = 'down'
  elseif seen.degraded > 0 then
    lead = 'degraded'
  elseif seen.auth_walled > 0 then
    lead = 'auth_walled'
  elseif seen.up > 0 then
    lead = 'up'
  end

  local frequency, most_frequent = {}, ''
  for i = 1, #states do
    local reason = reasons[i]
    if states[i] == lead and reason ~= '' then
      frequency[reason] = (frequency[reason] or 0) + 1
    end
  end
  for reason, count in pairs(frequency) do
    local best = frequency[most_frequent] or 0
    if count > best or (count == best and reason < most_frequent) then
      most_frequent = reason
    end
  end

  local state = lead
  if lead == 'down' then
    local asked = union(minute.ask, minute.also)
    local is_one_asked = not string.find(asked, ',', 1, true)
    if seen.down < 2 and not is_one_asked then
      state = 'degraded'
    end
  elseif lead == 'auth_walled' and seen.up > 0 then
    state = 'degraded'
  end
  return state, most_frequent, median(latencies), string.format('%.0f', newest_at)
end

-- `confirming` is the router's field of the now hash, false when absent.
local function is_look_outstanding(confirming, minute_number)
  if not confirming then
    return false
  end
  local look1, look2 = string.match(confirming, '^%d+:(%d+):(%d+)$')
  return look1 == minute_number or look2 == minute_number
end

local function is_complete(minute, confirming, minute_number)
  if is_look_outstanding(confirming, minute_number) then
    return false
  end
  if minute.last == nil then
    for region in string.gmatch(minute.also, '[^,]+') do
      if minute[region] == nil then
        return false
      end
    end
    return true
  end
  if minute.ask == nil then
    return false
  end
  local last = tonumber(minute.last)
  for region in string.gmatch(minute.ask, '[^,]+') do
    local reported = minute['s:' .. region]
    if reported == nil or tonumber(reported) < last then
      return false
    end
  end
  return true
end

-- Appends the entry of a sealed or corrected minute; the shape is services/core/src/verdict-entry.ts.
local function append_minute(stream, kind, minute, endpoint, minute_number, now_ms, traceparent)
  local state, reason, latency = judge(minute)
  local fields = {}
  for field, value in pairs(minute) do
    if is_region(field) or string.sub(field, 1, 2) == 'd:' then
      fields[#fields + 1] = field
      fields[#fields + 1] = value
    end
  end
  redis.call('XADD', stream, '*', 'v', VERSION, 'k', kind, 'e', endpoint, 'm', minute_number, 'at', now_ms,
    'tp', traceparent, 's', state, 're', reason, 'lat', latency, 'rev', minute.rev, 'cov', minute.cov,
    'rc', minute.rc, 'ask', union(minute.ask, minute.also), unpack(fields))
end
