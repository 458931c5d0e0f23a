// English words. `ru.ts` has the same keys; a test sees to it.

export default {
  action: {
    save: 'Save', saved: 'Saved', cancel: 'Cancel', close: 'Close', delete: 'Delete', edit: 'Edit', retry: 'Try again', more: 'Show more',
    copy: 'Copy', copied: 'Copied',
  },
  state: { loading: 'Loading', empty: 'Nothing here yet' },
  field: { name: 'Name', changed: 'Changed', by: 'By whom', at: 'When', detail: 'Details', summary: 'In short', actions: 'Actions' },
  unit: { khz: 'kHz' },
  count: { calls: '{n} call | {n} calls' },

  nav: {
    label: 'Main menu', menu: 'Open the menu', skip: 'Skip to the content', narrow: 'Make the menu narrow', widen: 'Make the menu wide',
    tenant: 'Customer', no_tenants: 'No customers yet',
    group: { work: 'Work', setting: 'Configuration', people: 'Administration' },
    live: 'Live', calls: 'Calls', prompts: 'Prompts', statistics: 'Statistics', jobs: 'Jobs', trunks: 'Trunks', policies: 'Policies',
    profiles: 'Profiles', webhooks: 'Webhooks', customers: 'Customers', users: 'Users', keys: 'API keys', audit: 'Audit log', settings: 'Settings',
  },
  user: { menu: 'Account, language and theme', language: 'Language', theme: 'Theme', light: 'Light', dark: 'Dark', log_out: 'Log out' },
  role: { read_only: 'Read only', analyst: 'Analyst', admin: 'Administrator', support: 'Support', operator: 'Service operator' },
  role_text: {
    read_only: 'Sees calls with masked numbers and statistics.',
    analyst: 'Listens to recordings, labels verdicts, exports calls.',
    admin: 'Everything of this customer: trunks, policies, prompts, users, keys.',
    support: 'Staff of the service: looks at the calls of every customer.',
    operator: 'Staff of the service: everything.',
  },
  permission: {
    calls_read: 'Read calls', numbers_read: 'Numbers in full', audio_read: 'Recordings', calls_label: 'Label verdicts', calls_export: 'Export calls',
    config_read: 'Read configuration', config_write: 'Change configuration', prompts_read: 'See prompts', prompts_write: 'Change prompts', users_read: 'See users', users_write: 'Manage users', retention_write: 'Change how long things are kept',
    keys_write: 'Manage keys', webhooks_write: 'Manage webhooks', audit_read: 'Read the audit log', tenants_write: 'Manage customers', service_read: 'Look at the service',
  },

  problem: {
    request: 'Request {id}',
    login_wanted: 'Please log in', login_wrong: 'Wrong address or password', forbidden: 'Not allowed', not_found: 'Not found', stale: 'Somebody else changed it meanwhile: load it again',
    conflict: 'This cannot be done as things are', invalid: 'Something is not right', too_large: 'Too large', too_many: 'Too many requests: wait a little', locked: 'Locked for a while after wrong passwords',
    code_wanted: 'The code is wanted', away: 'The database is away: try again in a moment', unreachable: 'The server cannot be reached',
    fault: 'Something went wrong on the server', version_wanted: 'Load it again before changing it',
    other: 'That did not work',
  },
  missing: { title: 'There is no such page', text: 'The address may be mistyped, or what was here is gone.', go: 'To the live page' },
  forbidden: { title: 'Not allowed', text: 'Your role does not include this page. An administrator can change that.' },

  login: {
    title: 'Log in', email: 'E-mail', password: 'Password', show: 'Show the password', hide: 'Hide the password', enter: 'Log in', back: 'Back',
    code_title: 'Second factor', code_text: 'Enter the code that your authenticator app shows.', code: 'Code',
  },
  setup: {
    title: 'First run', text: 'SmartCPD was just installed. Create the first administrator and the first customer.',
    code: 'One-time code', code_hint: 'The server printed it when it started; it is in its log.',
    admin: 'Administrator', name: 'Name', password_hint: 'At least {min} characters', tenant: 'Customer', company: 'Company', go: 'Begin',
  },

  test_call: {
    title: 'Test call', text: 'See how a call goes before you have a trunk: real SIP and sound, through the node itself.', skip: 'Skip', go_on: 'Go on to the trunks',
    who: 'Who answers', go: 'Call', again: 'Call again',
    plays: { person: 'A person', voicemail: 'A voicemail with a beep', no_such_number: '“The number does not exist”', busy: 'The line is busy' },
    plays_text: { person: 'It rings, then somebody says hello.', voicemail: 'It rings, a machine greets and beeps.', no_such_number: 'A special information tone and an announcement, then 404.', busy: 'The busy tone, then 486.' },
    call: 'The call', none: 'A pretended dialer on the server’s machine calls SmartCPD, and a pretended carrier answers. It takes ten to thirty seconds.', now: 'Under way', told: 'What SmartCPD told',
    state: { preparing: 'Sockets are opened, trunks are lent for this call', calling: 'INVITE to {at}', arrived: 'The call goes through SmartCPD', over: 'It is over' },
    verdict: 'Verdict:', right: 'That is what was played.', wrong: 'That is not what was played: open the call to see what was heard.',
    sound: 'The carrier sent {sent} packets of sound, the dialer got {received}; its final response was {status}.', open: 'Open the call', writing: 'The call is being written down …',
    fault: { peers: 'The pretended ends could not be started', not_lent: 'The node lends no trunks now', unreachable: 'SmartCPD does not answer', refused: 'SmartCPD refused the call', late: 'The call did not end' },
    next: 'What comes next', next_text: 'Set up a carrier, where calls go, and a dialer, where they come from. Publish the prompts of your operators. Then watch calls come. This page is found again in the settings.',
  },

  live: {
    title: 'Live', wall: 'For the wall', leave_wall: 'Leave the wall', open: 'Live', away: 'Connection lost, trying again',
    empty: 'No trunks yet', empty_text: 'Add a dialer and a carrier: calls will appear here as soon as they come.', add_trunk: 'Set up trunks',
    calls_now: 'Calls now', calls_per_s: 'Calls per second', decided: 'Time to verdict, median', decided_none: 'No verdicts in the last hour', p95: '95 % within {time}',
    heard: 'Listened to', heard_of: 'of at most {max}', mix: 'Verdicts of the last hour', mix_none: 'No verdicts in the last hour',
    trunks: 'Trunks', up: 'Up', down: 'Down', registered: 'registered', unregistered: 'not registered',
    latest: 'Latest calls', latest_none: 'The next call that ends will appear here.',
  },

  calls: {
    title: 'Calls', table: 'List of calls', keys: 'j and k or the arrows move over the rows, Enter opens a call.',
    new: '{n} new call | {n} new calls', none: 'No calls in this time', none_text: 'Calls appear here when a trunk carries them. Choose a longer period, or set up a trunk.',
    none_fit: 'No call fits', none_fit_text: 'Loosen the filter, or look at all calls.', show_all: 'Show all calls',
    columns: 'Columns', usual_columns: 'The usual columns', export: 'Export', recorded: 'Recorded', deaf: 'Not listened to',
    col: {
      began: 'Began', class: 'Verdict', callee: 'Callee', caller: 'Caller', dialer: 'Dialer', carrier: 'Carrier', campaign: 'Campaign', reference: 'Reference',
      operator: 'Operator', prompt: 'Prompt', status: 'Status', ended_by: 'Ended by', decided: 'Decided after', answered: 'Answered after', held: 'Answer held',
      length: 'Length', node: 'Node', label: 'Marks', phase: 'Phase', q850: 'Cause (Q.850)', deaf: 'Not listened to',
    },
  },
  period: { hour: 'Last hour', today: 'Today', day: 'Last 24 hours', week: 'Last 7 days', month: 'Last 30 days', all: 'All time', range: 'From … until …' },
  filter: {
    label: 'Filter', period: 'Period', from: 'From', until: 'Until', callee: 'Callee', callee_hint: 'Its beginning, or * and its last digits', class: 'Verdict', chosen: '{n} chosen | {n} chosen',
    more: 'More conditions', more_n: 'Conditions: {n}', clear: 'Clear', apply: 'Apply', any: 'Any', yes: 'Yes', no: 'No',
    answered: 'Answered', recorded: 'Recorded', deaf: 'Not listened to', below: 'Confidence below',
  },
  views: { title: 'Views', none: 'No views kept yet. Set a filter and keep it under a name.', keep: 'Keep this filter as a view', delete: 'Delete the view {name}' },
  export: {
    title: 'Export calls', text: 'The calls that fit the filter become a file, in the background. It is found under Jobs.', format: 'Format', go: 'Export',
    xlsx: 'Excel (XLSX)', csv: 'CSV', parquet: 'Parquet',
  },

  call: {
    back: 'Calls', download: 'Download', wav: 'Recording (WAV)', json: 'Call (JSON)', trace: 'SIP messages (text)', facts: 'The call in figures', timeline: 'Timeline',
    not_recorded: 'This call was not recorded: what was heard cannot be shown.', recording_gone: 'The recording is no longer kept.', no_audio_right: 'Your role does not include recordings.',
    answer: 'Answer', needle: 'Place in the call', messages: 'SIP messages', no_messages: 'No messages were kept for this call.',
    at: 'Time', direction: 'Direction', message: 'Message', sent: 'sent', received: 'received',
    leg: { title: 'Leg', dialer: 'Dialer', carrier: 'Carrier' },
    lane: { ladder: 'SIP messages', events: 'Events', wave: 'Waveform', spectrum: 'Spectrogram', probability: 'Machine, probability', matches: 'Prompt' },
  },
  player: {
    play: 'Play', pause: 'Pause', speed: 'Speed', to_answer: 'To the answer', closer: 'Closer', farther: 'Farther', whole: 'The whole call',
    zoom_to: 'Zoom to it', link: 'Link to this time', link_copied: 'The link is copied',
  },
  evidence: {
    tone: 'by its tone', sit: 'by its special information tone', melody: 'by a melody', dtmf: 'by DTMF digits', prompt: 'by a prompt of the library',
    unknown_announcement: 'by an announcement that is not in the library', greeting: 'by its greeting', beep: 'by the beep', silence: 'by silence',
  },
  step: { dial: 'call', progress: 'rings, or sounds', answer: 'answer', refuse: 'refused', cancel: 'given up', hangup: 'hung up', ask: 'asks whether it lives' },
  heard: { noise: 'Noise', speech: 'Speech', music: 'Music', melody: 'Melody', beep: 'Beep', greeting_end: 'The greeting ends', gap: 'Lost packets' },
  told: { speech_start: 'Speech begins', greeting_end: 'The greeting ends', beep: 'Beep' },
  phase: { early: 'before the answer', pre: 'before the answer', answered: 'after the answer', post: 'after the answer', answer: 'after the answer' },
  ended_by: { caller: 'the dialer', callee: 'the callee', service: 'SmartCPD' },
  why: {
    title: 'Why this verdict', none: 'Nothing was told about this call.', deaf: 'Not, or not to its end, listened to: {why}', prompt: 'Recognised:', again: 'Heard again in the recording', runner_up: 'Next best:', faults: 'What went wrong',
  },
  label: {
    title: 'Was the verdict right?', right: 'Right', wrong: 'Wrong', none: 'Nobody has said so yet.', truth: 'What it really was', note: 'Note', remove: 'Take the label away',
    kept: 'Thank you, kept', disposition: 'The dialer says: {note}',
  },
  match: {
    title: 'Heard and reference', text: '{n} bits of evidence; both in one scale', bits: '{n} bits', heard: 'Heard in the call', reference: 'Reference prompt',
    play_call: 'Play what was heard', play_prompt: 'Play the reference',
  },

  prompts: {
    title: 'Prompts', text: 'What operators say before the answer: calls are recognised by it.', add: 'Add a prompt', add_go: 'Add', added: 'Added to the draft',
    good: 'The prompt alone, from its first word to its last, without ringing before and busy tone after it. Two seconds of speech are enough.',
    file: 'Audio file', find: 'Find', operator: 'Operator', language: 'Language', category: 'What it says', words: 'Its words', becomes: 'A call that meets it becomes',
    listen: 'Listen', listen_named: 'Listen to {name}', stop_named: 'Stop {name}', matches: 'In 7 days', last_match: 'Last match',
    stopped: 'Matched before, not in the last week', stopped_n: '{n} stopped matching | {n} stopped matching',
    common: 'common', common_text: 'This prompt belongs to the common library of the service. It cannot be changed here.', alike: 'Add it though it sounds like another',
    cut: 'Cut out as a prompt', cut_text: 'From {from} to {to}, {length}.', cut_short: 'Shorter than a second: it will hardly be told apart from others.',
    none: 'No prompts yet', none_text: 'Add recordings of what operators say, or cut them out of a call. Without prompts, tones, people and machines are still recognised.',
    none_fit: 'No prompt fits', draft: 'Draft', published: 'In force', version: 'Version', versions: 'Versions', no_versions: 'Nothing has been published yet.',
    draft_differs: 'The draft is not in force yet', difference: 'Added: {added}, removed: {removed}',
    discard: 'Discard the draft', discard_text: 'All changes since the last publication are lost.',
    trial_published: 'In force', trial_draft: 'Draft', publish: 'Publish', publish_text: 'New calls are heard with this library at once. Earlier versions can be restored.', published_now: 'Published', note: 'Note',
    try: 'Try the draft', try_go: 'Begin the trial', try_text: 'See before publishing what the draft would recognise.', try_against: 'Against', try_days: 'Recordings of the last days', try_file: 'A file',
    days: 'Days', state: 'State', states: { published: 'In force', retired: 'Earlier', draft: 'Draft' },
    restore: 'Restore', restore_text: 'What version {number} held becomes the draft; publish it to bring it into force. A draft that is there is thrown away.',
    delete: 'Delete the prompt', delete_text: 'It goes from the draft; what is in force changes with the next publication.',
  },
  category: {
    unavailable: 'Subscriber unavailable', unreachable: 'Out of coverage', switched_off: 'Switched off', busy: 'Busy', no_answer: 'Does not answer',
    invalid_number: 'No such number', out_of_service: 'Number out of service', number_changed: 'Number has changed', no_funds: 'No funds', blocked: 'Number blocked',
    barred: 'Incoming calls barred', rejected: 'Call declined', spam_blocked: 'Blocked as spam', network_congestion: 'Network overloaded',
    call_forwarding: 'Call is being forwarded', voicemail_intro: 'Voicemail', assistant: 'Voice assistant',
  },

  trunks: {
    title: 'Trunks', text: 'Calls come from dialers and go to carriers.', unfinished: 'Not finished yet',
    dialers: 'Dialers', dialers_text: 'Where calls come from', no_dialers: 'No dialer yet. Add the address that your dialer calls from.', add_dialers: 'Add a dialer',
    carriers: 'Carriers', carriers_text: 'Where calls go', no_carriers: 'No carrier yet. Add the servers of your carrier.', add_carriers: 'Add a carrier',
  },
  policies: {
    title: 'Policies', text: 'What is done about what is heard.', add: 'Add a policy', none: 'No policies yet', none_text: 'Without a policy, verdicts are told and calls go on.',
    holds: 'holds the answer {time}', ending: 'ends calls for {n} class | ends calls for {n} classes',
    matrix: 'Actions by class', matrix_text: 'What is set for a group holds for its classes, shown pale, until a class gets an entry of its own. People cannot be refused.',
    early: 'Before the answer', answered: 'After the answer', status: 'Status', reset: 'Take away the entry of {name}', all_of: '{group}, all',
    action: { report: 'Tell', notify: 'Tell', pass: 'Pass', reject: 'Refuse', cut: 'Hang up' },
    hint: {
      report: 'The verdict is told, the call goes on', notify: 'The verdict is told, the dialer decides', pass: 'Nothing is told',
      reject: 'The dialer gets a final response', cut: 'Refused while the answer is held, hung up later',
    },
  },
  whatif: {
    title: 'What if', text: 'Recordings of the last days are heard again under these settings, before they are saved: who would be lost, who saved.', dialer: 'Only of this dialer', go: 'Begin',
  },
  profiles: { title: 'Profiles', text: 'How calls are heard.', add: 'Add a profile', none: 'No profiles yet', none_text: 'Without a profile the balanced operating point holds.' },
  tone_plans: {
    title: 'Tone plans', text: 'Ringing, busy and congestion of your exchange or carrier, where they are not those of a country. They come beside the plans of countries, which are built in.',
    add: 'Add a tone plan', none: 'No tone plans of your own yet', none_text: 'The plans of more than 140 countries are built in. Add one where a private exchange or a carrier sounds otherwise; profiles choose it by its name.',
    tones: 'Tones', tones_text: 'One cycle of each cadence; it repeats. Frequencies 300 to 700 Hz, lengths 40 to 60,000 ms. Special information tones are the same everywhere and are known without a plan.',
    copy: 'Copy from a country', copy_hint: 'Takes the tones that stand here away', without: 'None', add_cadence: 'Add: {kind}', add_row: 'Another tone', also: 'And {n} further forms: see the text.',
    hz: 'Hz, one or two', am_hz: 'Modulated by, Hz', tone_ms: 'Tone, ms', pause_ms: 'Pause, ms', kind: { ringback: 'Ringing', busy: 'Busy', congestion: 'Congestion' },
  },
  config: {
    look: 'View', as_form: 'Form', as_text: 'Text', history: 'History', version: 'Version {n}', take: 'Take into the form', saved: 'Saved. New calls follow it.', undo: 'Undo', unsaved: 'Not saved yet',
    delete: 'Delete {name}', delete_text: 'New calls cannot use it any more. Calls that stand go on.',
    leave: 'Leave without saving?', leave_text: 'The changes on this page are lost.', leave_go: 'Leave',
    add_go: 'Go on', name_hint: 'Letters, digits, - and _. It stands in records and cannot be changed.', name_letters: 'Only letters A to Z, digits, - and _', name_taken: 'This name is taken', removed: 'removed',
    add_row: 'Add a row', remove_row: 'Remove row {n}', time: 'With its unit: 350ms, 30s, 5m', time_off: 'With its unit: 350ms, 30s, 5m; or off',
    secret_kept: 'One is kept; write a new one to replace it', secret_none: 'None is kept', record_max: 'Longest recording', record_classes: 'Of which verdicts',
    kind: { dialers: 'Dialer', carriers: 'Carrier', policies: 'Policy', profiles: 'Detection profile', 'tone-plans': 'Tone plan' },
    section: { tone_plan: 'What it is', way: 'Way of the calls', identity: 'Who it is', numbers: 'Rewriting of numbers', media: 'SIP and media', hearing: 'Hearing and telling', behaviour: 'Behaviour', limits: 'Limits of time' },
    cell: { uri: 'SIP URI', priority: 'Priority', weight: 'Weight', prefix: 'Beginning', strip: 'Take away', add: 'Put in front', carriers: 'Carriers' },
    field: {
      name: 'For people', source: 'Where the figures come from',
      gateways: 'Servers', health: 'Asked by OPTIONS every', user: 'User', password: 'Password', register: 'Register for', domain: 'Host in From', identity: "Pass on the caller's identity",
      rewrite_callee: "Callee's number", rewrite_caller: "Caller's number", nat: 'Media may come from another address', srtp: 'Secured media (SRTP)', reliable: 'Reliable provisional responses (100rel)',
      session: 'Session timer', addresses: 'Networks', calls_max: 'Calls at once', carriers: 'Carriers, in their order', routes: 'By the beginning of the number', policy: 'Policy', profile: 'Profile',
      profiles: 'Profiles it may ask for', dialects: 'Dialects', record: 'Recording', refer: 'Pass on REFER', heard_first: 'Codecs first that can be heard',
      mode: 'Mode', hear_early: 'Listen before the answer', hear_answer: 'Listen after the answer', hold: 'Hold the answer', confidence_min: 'Confidence that an action needs',
      settle: 'An announcement has to stand for', answer_limit: 'Listen after the answer for', beep_limit: 'Wait for the beep for', ring_limit: 'Longest ringing', talk_limit: 'Longest call',
      operating_point: 'Operating point', machine_threshold: 'Probability that "machine" needs', countries: 'Whose tones are expected',
    },
    hint: {
      gateways: 'Lower priority first; equals share calls by weight.', addresses: 'Like 10.0.1.0/24; Enter adds one', carriers: 'The next one is tried when one fails',
      routes: 'Numbers with this beginning go to these carriers', dialects: 'How verdicts are told to the dialer', hold: '1800ms is usual; the carrier bills it, and a person says hello into nothing',
      confidence_min: '0 to 1', mode: 'Begin by collecting data: calls are heard and recorded, nothing is changed', record_max: '0s records nothing', record_classes: 'Empty: of all',
      operating_point: 'What happens with doubtful answers', machine_threshold: "0 to 1; empty: the operating point's own", countries: 'Like ru, kz; empty: any', rewrite_callee: 'The first row whose beginning fits', rewrite_caller: 'The first row whose beginning fits',
    },
    option: {
      no: 'No', supported: 'Supported', required: 'Required', initial: 'Off: everything passes unheard', data_collection: 'Collect data: hear and record, change nothing', production: 'Production: act',
      balanced: 'Balanced', keep_people: 'Keep people', catch_machines: 'Catch machines',
    },
  },

  statistics: {
    title: 'Statistics', none: 'No calls in this time', none_text: 'Choose a longer period.', none_named: 'Not named', funnel: 'What calls met', chart: 'Chart', table: 'Table',
    chart_text: 'What calls met: people, machines, announcements, tones, others, no verdict', answered: 'Answered', refused: 'Refused',
    by: { title: 'By', hour: 'Hour', day: 'Day', dialer: 'Dialer', campaign: 'Campaign', operator: 'Operator', class: 'Verdict' },
    part: { people: 'People', machines: 'Machines', announcements: 'Announcements', tones: 'Tones', others: 'Others', unknown: 'No verdict' },
    figure: { calls: 'Calls', answered: 'Answered', people: 'People', machines: 'Machines', decided: 'Mean time to verdict' },
  },
  confusion: {
    title: 'How right verdicts are', caption: 'Truth by labels, down, and verdict, across', truth: 'Truth, by labels', people_kept: 'of people were kept', machines_caught: 'of machines were caught', labelled: 'calls were labelled',
    none: 'No labels in this time', none_text: 'Label verdicts as right or wrong on the page of a call: the shares are counted from that.',
  },

  jobs: {
    title: 'Jobs', text: 'Work in the background: exports, trials, replays, analyses.', none: 'No jobs', none_text: 'Exports and trials that you start appear here.',
    what: 'What', begun: 'Begun', done: 'Done', result: 'Result', file: 'File', cancel: 'Cancel', call: 'Call', before: 'Before', after: 'After',
    analyse: 'Analyse a recording', analyse_go: 'Analyse', analyse_text: 'A recording of a call: what would the detector hear in it?',
    state: { waiting: 'Waiting', running: 'Running', done: 'Done', failed: 'Failed', cancelled: 'Cancelled' },
    kind: { export: 'Export of calls', analysis: 'Analysis of a recording', replay: 'What if', trial: 'Trial of the draft' },
    figure: {
      calls: 'Calls', missing: 'Recordings gone', rows: 'Rows', lost: 'People lost', saved: 'People saved', caught: 'Machines caught', let_through: 'Machines let through',
      now: 'Recognised with the draft alone', no_more: 'Recognised no more', otherwise: 'Recognised as another',
    },
  },

  users: {
    title: 'Users', text: 'Who may look and change, and what.', add: 'Add a user', edit: 'Change {name}', delete: 'Delete {name}', delete_text: 'The user is logged out at once.',
    none: 'No users yet', role: 'Role', second: 'Second factor', second_on: 'on', second_off: 'off', last_login: 'Last login', active: 'May log in', inactive: 'locked',
    first_password: 'First password', first_password_hint: 'Tell it the user; it can be changed under Settings', new_password: 'New password', new_password_hint: 'Empty: stays as it is',
  },
  keys: {
    title: 'API keys', text: 'For programs that speak with the API.', add: 'Make a key', make: 'Make', none: 'No keys yet', none_text: 'A program shows its key with each request.',
    begins: 'Begins with', scopes: 'May', made: 'Made', used: 'Last used', until: 'Valid', for_ever: 'without end', days: '{n} day | {n} days', name_hint: 'What it is for, like "dialer"',
    key: 'Key', shown_once: 'Keep this key now', shown_once_text: 'It is shown this once only; the server keeps nothing from which it could be read.', kept: 'I have kept it',
    delete: 'Revoke {name}', delete_text: 'Programs with this key are turned away at once.', delete_go: 'Revoke',
  },
  webhooks: {
    title: 'Webhooks', text: 'Your server is told what happens, signed by Standard Webhooks.', add: 'Add a webhook', edit: 'Change the webhook', none: 'No webhooks yet',
    none_text: 'Add an address, and each verdict is sent there.', url: 'Address', url_hint: 'https; private addresses only where the server allows them', kinds: 'Told of', state: 'State',
    good: 'Works', paused: 'Paused', failing: '{n} given up in a row | {n} given up in a row', active: 'Active', secret: 'Secret for the signature', secret_text: 'Your server checks the signature with it. It is shown this once only.',
    try: 'Send a trial', tried: 'The trial is sent', delete: 'Delete the webhook', delete_text: 'Nothing more is sent there; its deliveries go, too.',
    deliveries: 'Deliveries', no_deliveries: 'Nothing sent yet', no_deliveries_text: 'Send a trial, or wait for the next call.', attempts: 'Attempts', answer: 'Answer', next: 'next try {when}', replay: 'Send again',
    kind: { call_ended: 'Call ended, with its verdict', job_ended: 'Job is over' },
    delivery: { waiting: 'Waiting', delivered: 'Delivered', failed: 'Given up' },
  },
  audit: {
    title: 'Audit log', text: 'Who did what, when and from where.', actor: 'Who', action: 'What was done', object: 'To what', address: 'From where', none: 'No entries fit',
    words: {
      login_done: 'Logged in', login_failed: 'Login refused', user_added: 'Added a user', user_changed: 'Changed a user', user_removed: 'Deleted a user',
      user_password_changed: 'Changed their password', user_totp_on: 'Turned the second factor on', user_totp_off: 'Turned the second factor off',
      key_made: 'Made a key', key_revoked: 'Revoked a key', tenant_added: 'Added a customer', tenant_changed: 'Changed a customer', service_set_up: 'First run',
      dialer_added: 'Added a dialer', dialer_changed: 'Changed a dialer', dialer_removed: 'Deleted a dialer', carrier_added: 'Added a carrier', carrier_changed: 'Changed a carrier', carrier_removed: 'Deleted a carrier',
      policy_added: 'Added a policy', policy_changed: 'Changed a policy', policy_removed: 'Deleted a policy', profile_added: 'Added a profile', profile_changed: 'Changed a profile', profile_removed: 'Deleted a profile',
      webhook_added: 'Added a webhook', webhook_changed: 'Changed a webhook', webhook_removed: 'Deleted a webhook', prompt_added: 'Added a prompt', prompt_changed: 'Changed a prompt', prompt_removed: 'Deleted a prompt', library_published: 'Published prompts',
      retention_changed: 'Changed how long things are kept', tone_plan_added: 'Added a tone plan', tone_plan_changed: 'Changed a tone plan', tone_plan_removed: 'Deleted a tone plan', test_call_begun: 'Made a test call', call_labelled: 'Labelled a call', call_unlabelled: 'Took a label away', recording_read: 'Listened to a recording',
    },
  },
  customers: {
    title: 'Customers', text: 'Who is served here. Each sees only their own.', add: 'Add a customer', edit: 'Change {name}', none: 'No customers yet', none_text: 'Add the first one; then its users.',
    slug: 'Short name', slug_hint: 'Small letters, digits and -; it stands in addresses and cannot be changed', active: 'Active', inactive: 'Paused',
  },
  settings: {
    first_steps: 'First steps', first_steps_text: 'A call through SmartCPD without a trunk: choose who answers and see the verdict.',
    title: 'Settings', oneself: 'Yourself', password: 'Password', old_password: 'Present password', new_password: 'New password', change_password: 'Change the password', password_changed: 'The password is changed',
    second: 'Second factor', second_text: 'With a code from an app, a stolen password alone opens nothing.', second_begin: 'Turn on', second_on: 'The second factor is on', second_remove: 'Turn off',
    second_remove_text: 'Then the password alone opens your account.', second_offer: 'Enter this secret in your authenticator app, then the code that it shows.', second_secret: 'Secret', second_open: 'Open in the app', second_finish: 'Confirm',
    sessions: 'Logins', browser: 'Browser', began: 'Since', seen: 'Last seen', this_one: 'this one', end: 'End',
    retention: 'How long things are kept', retention_text: 'What is older is deleted. A rule for a verdict goes before the one for all; what no rule names is kept.',
    kept: { calls: 'Calls', recordings: 'Recordings', audit: 'Audit log', deliveries: 'Deliveries of webhooks' }, rule_what: 'What', all_classes: 'All verdicts', add_rule: 'Add a rule', no_rules: 'No rules yet: everything is kept.',
    about: 'About this server', version: 'Version', database: 'Database', uptime: 'Running for',
  },

  group: { person: 'Person', machine: 'Machine', announcement: 'Announcement', tone: 'Tone', progress: 'Ringing', silence: 'Silence', unknown: 'Not settled' },
  class: {
    answer_human: 'Person', answer_human_business: 'Person, company', answer_machine: 'Answering machine', answer_assistant: 'Voice assistant', answer_screening: 'Call screening', answer_ivr: 'Voice menu',
    answer_fax: 'Fax', answer_modem: 'Modem', answer_silence: 'Silence after the answer', answer_false: 'Answered, still ringing',
    announcement_busy: 'Subscriber busy', announcement_no_answer: 'Nobody answers', announcement_unreachable: 'Unreachable', announcement_invalid_number: 'No such number', announcement_number_changed: 'Number has changed',
    announcement_blocked: 'Number blocked', announcement_barred: 'Incoming barred', announcement_rejected: 'Declined', announcement_spam_blocked: 'Blocked as spam', announcement_network: 'Network fault',
    tone_busy: 'Busy tone', tone_congestion: 'Congestion tone', tone_sit_vacant: 'SIT: vacant number', tone_sit_intercept: 'SIT: intercept', tone_sit_no_circuit: 'SIT: no circuit', tone_sit_reorder: 'SIT: reorder', tone_sit_unknown: 'SIT',
    progress_ringback: 'Ringing', progress_hold_notice: 'Asked to wait', unknown: 'Not settled', none: 'No verdict',
  },
}
