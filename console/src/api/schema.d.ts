// Made by `make client` of the schema that `smartcpd openapi` prints. Do not edit.

export interface paths {
    "/about": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What runs here */
        get: operations["about_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analyses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hears a recording of up to three minutes
         * @description With the prompts and tone plans that the customer's calls are heard with, and the usual profile.
         */
        post: operations["recording_analyse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who did what, newest first */
        get: operations["audit_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Calls, newest first */
        get: operations["calls_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One call, whole */
        get: operations["call_find"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/{id}/hearing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the detector hears in a call's recording
         * @description It is heard again, with the profile of its trunk and the prompts that are published now; `heard_with` names them.
         */
        get: operations["call_hear"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/{id}/label": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Says whether the verdict was right */
        put: operations["call_label"];
        post?: never;
        /** Takes back what one said */
        delete: operations["call_unlabel"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/{id}/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A call's recording, to be listened to */
        get: operations["call_listen"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/classes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The classes */
        get: operations["classes_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/config/{kind}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Objects of a kind */
        get: operations["config_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/config/{kind}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One object */
        get: operations["config_find"];
        /** Makes or changes an object */
        put: operations["config_put"];
        post?: never;
        /** Takes an object away; its history stays */
        delete: operations["config_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/config/{kind}/{name}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Checks an object without keeping it */
        post: operations["config_check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/config/{kind}/{name}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an object was before, newest first */
        get: operations["config_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contracts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes a contract */
        put: operations["contracts_change"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cpa-stats.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Calls in the form of NetBorder's statistics file */
        get: operations["cpa_stats_fetch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deliveries/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends an event again */
        post: operations["delivery_replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/desk/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People by a piece of their name, address or telephone number */
        get: operations["desk_contacts_list"];
        put?: never;
        /** Writes somebody down who telephones for the first time */
        post: operations["desk_contacts_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/desk/contacts/{id}/erasure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes somebody a pseudonym: name, addresses, words and files go; requests keep their number, times and states */
        post: operations["desk_contacts_erase"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/desk/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a file up, to be put into a message */
        post: operations["desk_files_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/desk/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file's bytes */
        get: operations["desk_files_find"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/desk/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How requests of a time were answered and solved */
        get: operations["desk_report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/desk/texts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Texts, by title: articles that are published, for all; everything, for the desk */
        get: operations["desk_texts_list"];
        put?: never;
        /** Writes a text */
        post: operations["desk_texts_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/desk/texts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes a text */
        put: operations["desk_texts_change"];
        post?: never;
        /** Takes a text away */
        delete: operations["desk_texts_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/dispositions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes what the dialer found out about calls */
        post: operations["dispositions_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Wants a file of calls; numbers are masked in it for who may not see them */
        post: operations["calls_export"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identity-provider": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The identity provider */
        get: operations["identity_provider_find"];
        /** Sets the identity provider, once it answered */
        put: operations["identity_provider_set"];
        post?: never;
        /** Takes the identity provider away: passwords are what is left */
        delete: operations["identity_provider_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identity-provider/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks a provider what it says of itself, without keeping it */
        post: operations["identity_provider_check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs, newest first */
        get: operations["jobs_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One job */
        get: operations["job_find"];
        put?: never;
        post?: never;
        /** Takes a job back; one that is over goes, with its file */
        delete: operations["job_cancel"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The file of a job */
        get: operations["job_fetch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Keys */
        get: operations["keys_list"];
        put?: never;
        /** Makes a key; it is told this once */
        post: operations["key_make"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a key back */
        delete: operations["key_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/libraries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Versions of one's layer, newest first */
        get: operations["libraries_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/libraries/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Throws the draft away */
        delete: operations["draft_discard"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/libraries/draft/trials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries the draft: on a recording at once, or on the recordings of the last days as a job */
        post: operations["draft_try"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/libraries/publication": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Publishes the draft: new calls are heard with it within seconds */
        post: operations["draft_publish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/libraries/{number}/restoration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a draft of what an older version held */
        post: operations["library_restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events as they come
         * @description A WebSocket. Each message is `{seq, at_ms, kind, data}`; kinds are `call.began`, `call.told`, `call.ended`, `call.refused`,
         *     `gateway`, `registration`, `stream.began`, `stream.told`, `stream.ended`, `metrics` (figures, each second) and `lost`: events after the number that one gave are gone.
         */
        get: operations["live_watch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/live/snapshot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures of the last second */
        get: operations["live_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mass-incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Mass incidents, the newest first */
        get: operations["masses_list"];
        put?: never;
        /** Opens a mass incident */
        post: operations["masses_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mass-incidents/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Mass incidents that may be: what several customers reported within minutes of the last hour */
        get: operations["masses_suggestions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mass-incidents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of them */
        get: operations["masses_find"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mass-incidents/{id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says something in each request below it that is not over */
        post: operations["masses_say"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mass-incidents/{id}/solution": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Solves it: the solution is given in each request below it; each is closed by its own customer, or its own time */
        post: operations["masses_solve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who one is and what one may do */
        get: operations["me_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes name or language */
        patch: operations["me_change"];
        trace?: never;
    };
    "/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes the password; all other sessions end */
        put: operations["password_change"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own sessions */
        get: operations["own_sessions_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends one of one's own sessions */
        delete: operations["own_session_end"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Turns one-time codes on, by a first one */
        put: operations["totp_confirm"];
        /** Begins one-time codes: they are asked for once a code was given with `PUT /me/totp` */
        post: operations["totp_begin"];
        /** Turns one-time codes off */
        delete: operations["totp_end"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/media-streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Listens to a media stream
         * @description A WebSocket in Twilio's form (`connected`, `start`, `media`, `dtmf`, `mark`, `stop`), or in Telnyx's. On the same socket come
         *     `listening`, `verdict`, `event`, `result` and `error`.
         */
        get: operations["stream_send"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/prompts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prompts of a version, by name */
        get: operations["prompts_list"];
        put?: never;
        /** Adds a prompt to the draft: a file, or a part of a call's recording */
        post: operations["prompt_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/prompts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One prompt */
        get: operations["prompt_find"];
        put?: never;
        post?: never;
        /** Takes a prompt out of the draft */
        delete: operations["prompt_remove"];
        options?: never;
        head?: never;
        /**
         * Changes what a prompt of the draft is called and means
         * @description One that is published already is replaced by a changed one, with an id of its own.
         */
        patch: operations["prompt_change"];
        trace?: never;
    };
    "/prompts/{id}/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A prompt, to be listened to */
        get: operations["prompt_listen"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/prompts/{id}/peaks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A prompt's waveform */
        get: operations["prompt_draw"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/replays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries a policy or a profile on recordings of the last days: who would be lost, saved, caught, let through */
        post: operations["replay_begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Requests that one sees */
        get: operations["requests_list"];
        put?: never;
        /** Registers a request */
        post: operations["requests_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/requests/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A request, by its id or its number */
        get: operations["requests_find"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes what the desk says of a request */
        patch: operations["requests_change"];
        trace?: never;
    };
    "/requests/{id}/assignee": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Takes a request, or gives it to somebody */
        put: operations["request_assignee_set"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/requests/{id}/closure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Closes a request that is solved: the customer by agreeing, or the desk */
        post: operations["request_closure_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/requests/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What went out for a request, for the desk */
        get: operations["requests_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/requests/{id}/denial": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says that a solution is none */
        post: operations["request_denial_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/requests/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to a request */
        get: operations["requests_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/requests/{id}/mass": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Puts a request below a mass incident */
        put: operations["request_mass_set"];
        post?: never;
        /** Takes a request out of a mass incident */
        delete: operations["request_mass_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/requests/{id}/merger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Lets a request go on in another of the same customer */
        put: operations["request_merger_set"];
        post?: never;
        /** Takes a merger back */
        delete: operations["request_merger_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/requests/{id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is said in a request, the first message first */
        get: operations["request_messages_list"];
        put?: never;
        /** Says something in a request; in one that is over, it begins a new one that follows it */
        post: operations["request_messages_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/requests/{id}/questions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks the customer for more */
        post: operations["request_questions_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/requests/{id}/rejection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says that the desk does not take it, and why */
        post: operations["request_rejection_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/requests/{id}/solution": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Provides the solution: its comment is what the customer reads, by the door that the request came through */
        post: operations["request_solution_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/requests/{id}/wait": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Lets a request wait for an update or a supplier */
        put: operations["request_wait_set"];
        post?: never;
        /** Goes on with a request that waited, or whose question needs no answer any more */
        delete: operations["request_wait_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rules */
        get: operations["retention_list"];
        /** Puts these rules in the place of those that are there */
        put: operations["retention_set"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Logs in */
        post: operations["session_begin"];
        /** Logs out */
        delete: operations["session_end"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives the one-time code */
        post: operations["session_confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/organisation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins a login with an organisation */
        post: operations["organisation_login_begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/organisation/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the provider sends the browser back to */
        get: operations["organisation_login_end"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether nobody is there yet */
        get: operations["setup_read"];
        put?: never;
        /** Makes the operator and the first customer, and logs in */
        post: operations["setup_complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What came of calls */
        get: operations["calls_count"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/statistics/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How right verdicts were */
        get: operations["labels_count"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/streams/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of a stream
         * @description While it is heard and for a while after it: a node remembers its last 4,096 streams, in memory.
         */
        get: operations["stream_find"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Customers that one may see */
        get: operations["tenants_list"];
        put?: never;
        /** Adds a customer */
        post: operations["tenant_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One customer */
        get: operations["tenant_find"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes a customer */
        patch: operations["tenant_change"];
        trace?: never;
    };
    "/tenants/{id}/contracts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A customer's contracts, the newest first */
        get: operations["contracts_list"];
        put?: never;
        /** Writes a contract of a customer down */
        post: operations["contracts_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/test-calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a test call
         * @description A pretended dialer on the node's machine calls the node itself, and a pretended carrier answers: real SIP and sound, through trunks
         *     that stand for this call alone. It becomes a call of the customer's, by a trunk called `test call`. One at a time on a node.
         */
        post: operations["test_call_begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/test-calls/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How a test call goes
         * @description A node remembers its last ones, in memory.
         */
        get: operations["test_call_find"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tone-plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tone plans of countries
         * @description Those that each customer's calls are heard with; a customer's own (`/config/tone-plans`) come beside them, and in the place of one of
         *     the same name. `??` is what private exchanges send that are set to no country.
         */
        get: operations["tone_plan_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People */
        get: operations["users_list"];
        put?: never;
        /** Adds a person */
        post: operations["user_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One person */
        get: operations["user_find"];
        put?: never;
        post?: never;
        /** Takes a person away */
        delete: operations["user_remove"];
        options?: never;
        head?: never;
        /** Changes a person */
        patch: operations["user_change"];
        trace?: never;
    };
    "/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Views that one sees */
        get: operations["views_list"];
        put?: never;
        /** Saves a view */
        post: operations["view_save"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/views/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes one of one's own views away */
        delete: operations["view_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Webhooks */
        get: operations["webhooks_list"];
        put?: never;
        /** Makes a webhook; its secret is told this once */
        post: operations["webhook_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One webhook */
        get: operations["webhook_find"];
        put?: never;
        post?: never;
        /** Takes a webhook away, with what was on its way */
        delete: operations["webhook_remove"];
        options?: never;
        head?: never;
        /** Changes a webhook */
        patch: operations["webhook_change"];
        trace?: never;
    };
    "/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Deliveries to a webhook, newest first */
        get: operations["deliveries_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/trials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a trial; how it went is in the deliveries a moment later */
        post: operations["webhook_try"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What runs here. */
        About: {
            /**
             * Format: int64
             * @description When this process began.
             */
            began_ms: number;
            database: components["schemas"]["Database"];
            node: string;
            /**
             * Format: int64
             * @description The server's time.
             */
            now_ms: number;
            version: string;
        };
        /** @description The mass incident above a request. */
        Above: {
            /** Format: uuid */
            mass: string;
        };
        /** @description A recording to be analysed. */
        AnalysisForm: {
            /**
             * Format: int64
             * @description Where it was answered, ms; without it, it was not.
             */
            answered_ms?: number | null;
            /** @description Which channel, from 1; all of them mixed by itself. */
            channel?: number | null;
            /** Format: binary */
            file: Blob;
            /** @description Which stream of a capture, from 1; the first by itself. */
            stream?: number | null;
        };
        /**
         * @description What is done after the answer.
         * @enum {string}
         */
        AnsweredWord: "notify" | "pass" | "reject" | "cut";
        /** @description Who works on it. */
        Assignee: {
            user?: components["schemas"]["AssigneeName"] | null;
        };
        AssigneeName: string;
        /** @description One thing that was done. */
        AuditEntry: {
            /** @description As `dialer.changed`. */
            action: string;
            /** @description `user:…`, `key:…` or `service`. */
            actor: string;
            actor_name: string;
            address: string;
            /** Format: int64 */
            at_ms: number;
            /** @description From what to what, without secrets; its keys depend on the action. */
            change: {
                [key: string]: unknown;
            };
            /** Format: uuid */
            id: string;
            object: string;
            request: string;
        };
        /** @description Work that was begun. */
        Begun: {
            /**
             * Format: uuid
             * @description The job; it is asked for at `/jobs`.
             */
            job: string;
        };
        /** @description Who wants to log in. */
        ByOrganisation: {
            /** @description The page that was asked for: `/calls`. */
            back?: string | null;
            /** @description Its domain says where to. */
            email: string;
        };
        /** @description A call in the list. */
        Call: {
            /** Format: int32 */
            answered_ms: number | null;
            /** Format: int64 */
            began_ms: number;
            callee: string;
            /** @description Masked for who may not see numbers. */
            caller: string;
            campaign: string | null;
            carrier: string | null;
            class: components["schemas"]["ClassName"] | null;
            /** Format: float */
            confidence: number | null;
            /** Format: int32 */
            connected_ms: number | null;
            /** @description Why nobody listened. */
            deaf: string | null;
            /**
             * Format: int32
             * @description From the beginning, ms.
             */
            decided_ms: number | null;
            dialer: string;
            ended_by: components["schemas"]["EndedBy"];
            /** Format: int32 */
            held_ms: number;
            /** Format: uuid */
            id: string;
            /** @description What people and dialers say of it. */
            labels: components["schemas"]["Label"][];
            /** Format: int32 */
            length_ms: number;
            /** @description Its name in logs and headers. */
            name: string;
            node: string;
            operator: string | null;
            phase: components["schemas"]["Phase"] | null;
            prompt: string | null;
            /** Format: int32 */
            q850: number;
            recorded: boolean;
            reference: string | null;
            /**
             * Format: int32
             * @description The status that it was refused with.
             */
            status: number | null;
        };
        /** @description What was told, steps, media, faults. */
        CallDetail: {
            /**
             * @description Why it ended, in words.
             * @default
             */
            cause: string;
            /**
             * Format: int32
             * @description When something was heard before the answer, from the beginning of the call.
             * @default null
             */
            early_ms: number | null;
            /**
             * @description What was wrong in the dialer's wishes.
             * @default []
             */
            faults: string[];
            /**
             * @description The verdict did not come while the answer was held back.
             * @default false
             */
            hold_expired: boolean;
            /**
             * @description What the dialer wanted to be told again.
             * @default null
             */
            info: string | null;
            /** @default null */
            media: components["schemas"]["CallMedia"] | null;
            /** @default null */
            recording: components["schemas"]["CallRecorded"] | null;
            /**
             * Format: int64
             * @description The version of the settings that it was carried with.
             * @default 0
             */
            settings: number;
            /**
             * @description What came from the legs and went to them, in its order; the first 48.
             * @default []
             */
            steps: components["schemas"]["CallStep"][];
            /** @default [] */
            tellings: components["schemas"]["CallTelling"][];
        };
        /** @description How well sound arrived from both sides. */
        CallMedia: {
            callee: components["schemas"]["CallMediaSide"];
            caller: components["schemas"]["CallMediaSide"];
        };
        /** @description How well it arrived from one side. */
        CallMediaSide: {
            /** Format: int64 */
            bytes: number;
            /** Format: float */
            jitter_ms: number;
            /** Format: int64 */
            lost: number;
            /** Format: int64 */
            packets: number;
            /**
             * Format: int64
             * @description Datagrams of strangers.
             */
            refused: number;
            /** Format: float */
            reported_jitter_ms: number | null;
            /**
             * Format: float
             * @description What the side itself told of what it receives: the share that was lost, and its jitter.
             */
            reported_loss: number | null;
        };
        /** @description A recording that was made. */
        CallRecorded: {
            /**
             * Format: int64
             * @description Where in it the call was answered.
             */
            answered_ms: number | null;
            /** @description The end is missing: the disk could not follow. */
            cut: boolean;
            /**
             * Format: int64
             * @description Its length.
             */
            ms: number;
        };
        /** @description A rung of the call's ladder. */
        CallStep: {
            /** @description The leg said it; otherwise it was told. */
            came: boolean;
            leg: components["schemas"]["StepLeg"];
            /** @description Of `progress`: there is something to hear. */
            media?: boolean;
            /**
             * Format: int32
             * @description Of `cancel` and `hangup`, where a cause was given.
             */
            q850?: number;
            /**
             * Format: int32
             * @description Of `refuse`, where one was sent.
             */
            status?: number;
            /**
             * Format: int32
             * @description From the beginning of the call.
             */
            t_ms: number;
            /** @description Of `dial`: which number of the plan. */
            target?: number;
            /** @description As text, for a later release may know more. */
            word: components["schemas"]["StepWord"];
        };
        /** @description Something that the dialer was told. */
        CallTelling: {
            class?: components["schemas"]["ClassName"];
            /** Format: double */
            confidence?: number;
            event?: components["schemas"]["TellingEvent"];
            /** @description What the verdict rests on: `tone`, `prompt`, `greeting`, … */
            evidence?: string;
            /** @description Nothing of this phase will be told that changes it. */
            last: boolean;
            /** @description Why there is no verdict. */
            no_verdict?: string;
            phase: components["schemas"]["TellingPhase"];
            /** @description The prompt's name, where the library of then is still known. */
            prompt?: string;
            /**
             * Format: int32
             * @description How far into the prompt the match stood.
             */
            prompt_at_ms?: number;
            /**
             * Format: int32
             * @description 1, 2, … within the call.
             */
            seq: number;
            /**
             * Format: int64
             * @description Since the first early media (pre) or since the answer (post).
             */
            t_ms: number;
        };
        /** @description One call, whole. */
        CallWhole: components["schemas"]["Call"] & {
            detail: components["schemas"]["CallDetail"];
            /**
             * Format: int32
             * @description The version of the common prompts that it was heard with.
             */
            library: number;
            /**
             * Format: int32
             * @description The version of its customer's own.
             */
            own_library: number;
        };
        /** @description Which calls. Several values of one field are separated by commas: any of them. */
        CallsFilter: {
            /** @default null */
            after?: string | null;
            /** @default null */
            answered?: boolean | null;
            /**
             * @description The beginning of the number, or `*` and its last digits.
             * @default null
             */
            callee?: string | null;
            /** @default null */
            caller?: string | null;
            /** @default null */
            campaign?: string | null;
            /** @default null */
            carrier?: string | null;
            /**
             * @description Classes, or beginnings that end with a dot (`answer.`); `none`: without a verdict.
             * @default null
             */
            class?: string | null;
            /**
             * Format: float
             * @default null
             */
            confidence_below?: number | null;
            /** @default null */
            deaf?: boolean | null;
            /** @default null */
            dialer?: string | null;
            /**
             * Format: int64
             * @default null
             */
            from_ms?: number | null;
            /**
             * Format: int64
             * @default null
             */
            limit?: number | null;
            /** @default null */
            name?: string | null;
            /** @default null */
            operator?: string | null;
            /** @default null */
            phase?: components["schemas"]["Phase"] | null;
            /** @default null */
            prompt?: string | null;
            /** @default null */
            recorded?: boolean | null;
            /** @default null */
            reference?: string | null;
            /**
             * Format: int64
             * @default null
             */
            until_ms?: number | null;
        };
        /** @description Where calls go. */
        CarrierKeys: {
            domain?: string;
            gateways: components["schemas"]["Gateways"];
            /** @description How often its servers are asked whether they live, 5s to 1h. */
            health?: components["schemas"]["TimeOrOff"];
            /** @description It is told who calls. */
            identity?: boolean;
            /** @description Its sound comes from behind an address translation. */
            nat?: boolean;
            /** @description How often we register, 60s to 24h; off by itself. */
            register?: components["schemas"]["TimeOrOff"];
            reliable?: components["schemas"]["Reliable"];
            rewrite_callee?: components["schemas"]["RewriteKeys"][];
            rewrite_caller?: components["schemas"]["RewriteKeys"][];
            /** @description Session timers, 90s to 2h; off by itself. */
            session?: components["schemas"]["TimeOrOff"];
            srtp?: boolean;
            user?: string;
        };
        /** @description A cell of the table of right and wrong. */
        Cell: {
            /** Format: int64 */
            calls: number;
            /** @description What it was; equal to the verdict where somebody said that it was right. */
            truth: components["schemas"]["ClassName"];
            /** @description What was told. */
            verdict: components["schemas"]["ClassName"];
        };
        /** @description A class. */
        Class: {
            /** @description Its name: `answer.machine`. */
            class: components["schemas"]["ClassName"];
            /** @description The part before the first dot. */
            group: string;
        };
        /**
         * @description What a call can be (docs/classes.md).
         * @enum {string}
         */
        ClassName: "progress.ringback" | "progress.hold_notice" | "tone.busy" | "tone.congestion" | "tone.sit.vacant" | "tone.sit.intercept" | "tone.sit.no_circuit" | "tone.sit.reorder" | "tone.sit.unknown" | "announcement.busy" | "announcement.no_answer" | "announcement.unreachable" | "announcement.invalid_number" | "announcement.number_changed" | "announcement.blocked" | "announcement.barred" | "announcement.rejected" | "announcement.spam_blocked" | "announcement.network" | "answer.human" | "answer.human_business" | "answer.machine" | "answer.assistant" | "answer.screening" | "answer.ivr" | "answer.fax" | "answer.modem" | "answer.silence" | "answer.false" | "unknown";
        /** @description What an authenticator shows. */
        Code: {
            /** @description Six digits. */
            code: string;
        };
        /** @description The keys of an object, as its kind has them. */
        ConfigBody: components["schemas"]["CarrierKeys"] | components["schemas"]["DialerKeys"] | components["schemas"]["PolicyKeys"] | components["schemas"]["ProfileKeys"] | components["schemas"]["TonePlanKeys"];
        /** @description What a check found. */
        ConfigChecked: {
            /** @description It could be kept as it is. */
            ok: boolean;
        };
        /**
         * @description A kind of objects, as addresses have it.
         * @enum {string}
         */
        ConfigKind: "carriers" | "dialers" | "policies" | "profiles" | "tone-plans";
        /** @description What is written. */
        ConfigNew: {
            /** @description The keys of `smartcpd.toml`, without `id`; of a tone plan those of the files of `plans/`. */
            body: components["schemas"]["ConfigBody"];
            /** @description New secrets by key; those that are not named stay, an empty one goes. */
            secrets?: {
                [key: string]: string;
            };
        };
        /** @description An object. */
        ConfigObject: {
            /** @description The keys of `smartcpd.toml`, without secrets. */
            body: components["schemas"]["ConfigBody"];
            changed_by: string;
            /** Format: int64 */
            changed_ms: number;
            /** Format: uuid */
            id: string;
            name: string;
            /** @description The secrets that it has, by their keys. */
            secrets: string[];
            /** Format: int32 */
            version: number;
        };
        /** @description What an object was. */
        ConfigWas: {
            body: components["schemas"]["ConfigBody"] | null;
            changed_by: string;
            /** Format: int64 */
            changed_ms: number;
            /** Format: int32 */
            version: number;
        };
        /**
         * @description What it is kept in.
         * @enum {string}
         */
        Database: "sqlite" | "postgresql";
        /** @description Decision times; none: nothing was decided. */
        Decided: {
            /** Format: int64 */
            p50: number | null;
            /** Format: int64 */
            p95: number | null;
        };
        /** @description An event on its way to a webhook. */
        Delivery: {
            /** Format: int32 */
            attempts: number;
            /** Format: int64 */
            created_ms: number;
            /** Format: int64 */
            ended_ms: number | null;
            /** @description Why the last try failed. */
            error: string | null;
            /**
             * Format: uuid
             * @description What the server knows the event by: `webhook-id`.
             */
            event_id: string;
            /** Format: uuid */
            id: string;
            kind: string;
            /**
             * Format: int64
             * @description When it is tried next.
             */
            next_ms: number | null;
            state: components["schemas"]["DeliveryState"];
            /**
             * Format: int32
             * @description What the last answer was.
             */
            status: number | null;
            /**
             * Format: int32
             * @description How long the last try took.
             */
            took_ms: number | null;
            /** Format: uuid */
            webhook_id: string;
        };
        /**
         * @description How far a delivery is.
         * @enum {string}
         */
        DeliveryState: "waiting" | "delivered" | "failed";
        /** @description Where they are reached. */
        DeskAddress: {
            address: string;
            door: string;
            verified: boolean;
        };
        /** @description Somebody who writes to the desk. */
        DeskContact: {
            addresses: components["schemas"]["DeskAddress"][];
            /**
             * Format: uuid
             * @description Whose they are; none: nobody knows.
             */
            customer: string | null;
            customer_name: string | null;
            erased: boolean;
            /** Format: uuid */
            id: string;
            name: string;
            /**
             * Format: uuid
             * @description Their login.
             */
            user: string | null;
        };
        /** @description A contract. */
        DeskContract: {
            /** Format: uuid */
            customer: string;
            /** Format: int64 */
            from_ms: number;
            /** Format: uuid */
            id: string;
            /** @description It is in force now. */
            in_force: boolean;
            /** @description What both sides call it. */
            number: string;
            terms: components["schemas"]["Terms"];
            /** Format: int64 */
            until_ms: number | null;
            /** Format: int32 */
            version: number;
        };
        /** @description What a contract says. */
        DeskContractSaid: {
            /** Format: int64 */
            from_ms: number;
            number: string;
            terms: components["schemas"]["Terms"];
            /** Format: int64 */
            until_ms?: number | null;
        };
        /** @description A row. */
        DeskReportRow: {
            /**
             * Format: int64
             * @description Requests that came in the time.
             */
            came: number;
            /**
             * Format: int64
             * @description First answers that came too late, or are too late by now.
             */
            first_breached: number;
            /**
             * Format: int64
             * @description Half of the first answers took no longer, ms of work.
             */
            first_p50_ms: number | null;
            /** Format: int64 */
            first_p95_ms: number | null;
            name: string;
            /**
             * Format: int64
             * @description Of these, that are not over.
             */
            open: number;
            /**
             * Format: int64
             * @description That were said to be solved and were not.
             */
            reopened: number;
            /** Format: int64 */
            solution_breached: number;
            /**
             * Format: int64
             * @description Half of the solutions took no longer, ms of work.
             */
            solution_p50_ms: number | null;
            /** Format: int64 */
            solution_p95_ms: number | null;
            /** Format: int64 */
            solved: number;
        };
        /** @description A text. */
        DeskText: {
            /** Format: int64 */
            changed_ms: number;
            /** Format: uuid */
            id: string;
            kind: string;
            language: string;
            /** @description Customers see it. */
            published: boolean;
            text: string;
            title: string;
            /** Format: int32 */
            version: number;
        };
        /** @description What a text says. */
        DeskTextSaid: {
            kind: components["schemas"]["TextKind"];
            language: string;
            published?: boolean;
            text: string;
            title: string;
        };
        /** @description Where calls come from. */
        DialerKeys: {
            /** @description Networks: `10.0.0.0/8`. */
            addresses: components["schemas"]["Words"];
            /** Format: int32 */
            calls_max?: number;
            /** @description Carriers by name, for numbers that no route names. */
            carriers?: components["schemas"]["Words"];
            /** @description docs/dialects.md has them. */
            dialects?: components["schemas"]["Words"];
            /** @description `md5`, `sha-256`, `sha-512-256`, in the order in which they are asked for. */
            digest?: components["schemas"]["Words"];
            heard_first?: boolean;
            nat?: boolean;
            /** @description A policy's name; `default` by itself. */
            policy?: string;
            /** @description A profile's name; `default` by itself. */
            profile?: string;
            /** @description Profiles that a call may ask for. */
            profiles?: components["schemas"]["Words"];
            record?: components["schemas"]["RecordKeys"];
            refer?: boolean;
            reliable?: components["schemas"]["Reliable"];
            rewrite_callee?: components["schemas"]["RewriteKeys"][];
            rewrite_caller?: components["schemas"]["RewriteKeys"][];
            routes?: components["schemas"]["RouteKeys"][];
            /** @description Lua (docs/scripts.md). */
            script?: string;
            user?: string;
        };
        /** @description What the dialer found in the end. */
        Disposition: {
            /** @description The call, by its id or name; or by `reference`. */
            call?: string | null;
            /** @description The dialer's own word for what it was. */
            code: string;
            /** @description The dialer's own word for the call: the newest of that reference is meant. */
            reference?: string | null;
            truth?: components["schemas"]["ClassName"] | null;
        };
        /** @description Dispositions of one request. */
        Dispositions: {
            /** @description 1 to 500. */
            items: components["schemas"]["Disposition"][];
        };
        /**
         * @description By which door a stream came.
         * @enum {string}
         */
        Door: "media_stream" | "audio_socket";
        /** @description A recording, heard with both versions. */
        DraftTrial: {
            draft: components["schemas"]["DraftTrialSide"];
            /** Format: int64 */
            length_ms: number;
            published: components["schemas"]["DraftTrialSide"];
        };
        /** @description Calls that the draft is tried on. */
        DraftTrialDays: {
            /**
             * Format: int32
             * @description The recordings of the last so many days, 1 to 31.
             */
            days: number;
        };
        /** @description A recording that the draft is tried on. */
        DraftTrialForm: {
            /**
             * Format: int64
             * @description Where it was answered, ms; without it, it was not.
             */
            answered_ms?: number | null;
            /** @description Which channel, from 1; all of them mixed by itself. */
            channel?: number | null;
            /** Format: binary */
            file: Blob;
        };
        /** @description A recording, heard with one of them. */
        DraftTrialSide: {
            matches: components["schemas"]["Match"][];
            verdict: components["schemas"]["Verdict"] | null;
        };
        /**
         * @description What is done before the answer.
         * @enum {string}
         */
        EarlyWord: "report" | "pass" | "reject";
        /**
         * @description Who ended a call.
         * @enum {string}
         */
        EndedBy: "caller" | "callee" | "service";
        /**
         * @description Why a stream ended.
         * @enum {string}
         */
        Ending: "stopped" | "gone" | "verdict" | "length" | "silence" | "fault";
        /** @description What the pretended dialer and carrier had of it. */
        Ends: {
            /**
             * Format: int64
             * @description 200.
             */
            answered_ms: number | null;
            /**
             * Format: int64
             * @description The end.
             */
            ended_ms: number;
            phrase: string;
            /**
             * Format: int64
             * @description First 18x, ms after the INVITE.
             */
            rang_ms: number | null;
            /**
             * Format: int64
             * @description RTP packets that the dialer got, through the node.
             */
            rtp_received: number;
            /**
             * Format: int64
             * @description RTP packets that the carrier sent.
             */
            rtp_sent: number;
            /**
             * Format: int32
             * @description The final response that the dialer got; 0: none.
             */
            status: number;
        };
        /** @description Why somebody is forgotten. */
        Erasure: {
            /** @description Who wanted it, and when: it stands in the act. */
            reason: string;
        };
        /** @description The act of an erasure. */
        ErasureAct: {
            /** Format: int64 */
            at_ms: number;
            /** Format: uuid */
            contact: string;
            /**
             * Format: int64
             * @description Files that are gone.
             */
            files: number;
            /**
             * Format: int64
             * @description Messages whose words are gone.
             */
            messages: number;
            /** @description What they are called from now on. */
            pseudonym: string;
        };
        /**
         * @description A form of files.
         * @enum {string}
         */
        ExportFormat: "csv" | "xlsx" | "parquet" | "cpa_stats";
        /** @description A file of calls that is wanted. */
        ExportNew: {
            /** @description Which calls, as in the query of their list; `limit` and `after` mean nothing here. */
            filter?: components["schemas"]["CallsFilter"];
            format: components["schemas"]["ExportFormat"];
        };
        /** @description What is wanted. */
        ExportWish: {
            filter: components["schemas"]["CallsFilter"];
            format: components["schemas"]["ExportFormat"];
            /** @description Telephone numbers in full. */
            numbers: boolean;
        };
        /** @description What came of an export. */
        Exported: {
            /**
             * Format: int64
             * @description How many are in the file.
             */
            calls: number;
        };
        /** @description To how many it was said. */
        Fanned: {
            requests: number;
        };
        /**
         * @description What it came to nothing by.
         * @enum {string}
         */
        Fault: "peers" | "not_lent" | "unreachable" | "refused" | "late";
        /** @description Calls of one customer, or of all. */
        Figures: {
            /**
             * Format: int64
             * @description When this was counted.
             */
            at_ms: number;
            /**
             * Format: int64
             * @description Calls that stand.
             */
            calls_now: number;
            /**
             * Format: double
             * @description Calls that began, a second, over the last five.
             */
            calls_per_s: number;
            /** @description How long decisions took in the last hour: from the first early media or the answer to the verdict. */
            decided_ms: components["schemas"]["Decided"];
            /**
             * Format: int64
             * @description Calls that are listened to; of the whole node, for the service's staff alone.
             */
            heard: number | null;
            /**
             * Format: int64
             * @description The most that are.
             */
            listeners_max: number | null;
            /** @description The nodes that this was counted on. */
            nodes: string[];
            /**
             * Format: int64
             * @description The last event before it.
             */
            seq: number;
            /** @description Gateways and registrations of carriers, calls of dialers. */
            trunks: components["schemas"]["Trunk"][];
            /** @description Calls that ended in the last hour, by class; `none`: without a verdict. */
            verdicts: {
                [key: string]: number;
            };
        };
        /** @description The first person, and the first customer. */
        First: {
            /** @description What the server printed at its start. */
            code: string;
            email: string;
            language: components["schemas"]["Language"];
            name: string;
            /** Format: password */
            password: string;
            tenant: components["schemas"]["TenantNew"];
        };
        /** @description A row of the funnel. */
        FunnelRow: {
            /** Format: int64 */
            announcements: number;
            /**
             * Format: int64
             * @description The carrier answered.
             */
            answered: number;
            /** Format: int64 */
            calls: number;
            /**
             * Format: int64
             * @description The mean time to the verdict, after the answer from the answer on, ms; none: there was none.
             */
            decided_ms: number | null;
            /** @description Begin of the hour or day in ms, or the name. */
            key: string;
            /** Format: int64 */
            machines: number;
            /**
             * Format: int64
             * @description Everything else that was told.
             */
            others: number;
            /** Format: int64 */
            people: number;
            /**
             * Format: int64
             * @description Refused by the service, by a verdict before the answer.
             */
            refused: number;
            /**
             * Format: int64
             * @description Time that dialers were connected, ms.
             */
            talk_ms: number;
            /** Format: int64 */
            tones: number;
            /**
             * Format: int64
             * @description Without a verdict.
             */
            unknown: number;
        };
        /** @description A carrier's server. */
        Gateway: {
            up: boolean;
            uri: string;
        };
        /** @description A server by its URI, or with priority and weight. */
        GatewayChoice: string | components["schemas"]["GatewayKeys"];
        /** @description A carrier's server. */
        GatewayKeys: {
            /**
             * Format: int32
             * @description The lowest is tried first.
             */
            priority?: number;
            /** @description `sip:gw.example.net` */
            uri: string;
            /** Format: int32 */
            weight?: number;
        };
        /** @description Servers; one alone may stand as its URI. */
        Gateways: string | components["schemas"]["GatewayChoice"][];
        /** @description Where the browser goes on. */
        GoOn: {
            /** @description The provider, or a page of ours that says that there is none for this address. */
            url: string;
        };
        /** @description Something that happened. */
        HeardEvent: {
            /** Format: float */
            confidence: number | null;
            /** Format: int64 */
            end_ms: number;
            /** @description The prompt's name. */
            prompt: string | null;
            /** Format: int64 */
            t_ms: number;
            what: components["schemas"]["HeardWhat"];
            words: string;
        };
        /**
         * @description What is heard.
         * @enum {string}
         */
        HeardWhat: "silence" | "comfort noise" | "noise" | "speech" | "music" | "tone" | "progress" | "melody" | "sit" | "digits" | "data" | "beep" | "prompt" | "candidate" | "answered" | "greeting_end" | "gap";
        /** @description Prompts and profile that a recording was heard with. */
        HeardWith: {
            /**
             * Format: int32
             * @description The versions of the common prompts and of one's own; 0: none.
             */
            common: number;
            /** @description The prompts are those of the service's file. */
            file: boolean;
            /** Format: int32 */
            own: number;
            /** @description The trunk whose profile it was; none: the usual one. */
            profile_of: string | null;
            prompts: number;
        };
        /** @description A recording, heard. */
        Hearing: {
            /**
             * Format: int64
             * @description Where it was answered.
             */
            answered_ms: number | null;
            /** @description The recording goes on: this is its beginning. */
            cut: boolean;
            events: components["schemas"]["HeardEvent"][];
            /** @description What it was heard with. */
            heard_with: components["schemas"]["HeardWith"];
            /** Format: int64 */
            length_ms: number;
            matches: components["schemas"]["Match"][];
            /** @description The lowest and the highest sample of each 10 ms. */
            peaks: number[][];
            /** @description Probability that a machine answered, where it changed. */
            probability: components["schemas"]["Probability"][];
            /**
             * Format: int32
             * @description Samples a second.
             */
            rate: number;
            spectrogram: components["schemas"]["Spectrogram"];
            verdict: components["schemas"]["Verdict"] | null;
        };
        /** @description A domain of e-mail. */
        IdentityDomain: {
            /** @description The service's staff said that it is this customer's; until then it counts for nothing. */
            confirmed: boolean;
            name: string;
        };
        /** @description An identity provider. */
        IdentityProvider: {
            /** Format: int64 */
            checked_ms: number;
            /** @description What it calls us. The secret is told to nobody. */
            client_id: string;
            /** Format: int64 */
            created_ms: number;
            /** @description Whose addresses it vouches for. */
            domains: components["schemas"]["IdentityDomain"][];
            /** @description What the provider said of itself when it was set. */
            found: components["schemas"]["ProviderFound"];
            /** @description What it calls itself: an address. */
            issuer: string;
            /** @description Passwords will do, too. */
            passwords: boolean;
            role: components["schemas"]["RoleName"] | null;
            /** @description It asks for a second factor itself: who it says that of (`amr` has `mfa`) is not asked for our code. */
            second_factor: boolean;
            /** Format: int32 */
            version: number;
        };
        /** @description What is set. */
        IdentityProviderNew: {
            client_id: string;
            /**
             * Format: password
             * @description Left out where it stays as it is.
             */
            client_secret?: string | null;
            /** @description `acme.example` */
            domains: string[];
            /** @description `https://…`, as its discovery document has it. */
            issuer: string;
            passwords: boolean;
            role?: components["schemas"]["RoleName"] | null;
            second_factor: boolean;
        };
        /** @description Where a provider is. */
        IdentityProviderWhere: {
            /** @description `https://…`, as its discovery document has it. */
            issuer: string;
        };
        /** @description A job. */
        Job: {
            created_by: string;
            /** Format: int64 */
            created_ms: number;
            /** Format: int64 */
            ended_ms: number | null;
            /** @description Why it failed. */
            error: string | null;
            /** @description There is a file: `GET /jobs/{id}/file`, for a day. */
            file: boolean;
            /** Format: uuid */
            id: string;
            kind: components["schemas"]["JobKind"];
            parameters: components["schemas"]["JobWish"];
            /**
             * Format: float
             * @description How far, 0 to 1; 0 where nobody knows.
             */
            progress: number;
            result: components["schemas"]["JobResult"] | null;
            state: components["schemas"]["JobState"];
        };
        /**
         * @description What kind of work a job is.
         * @enum {string}
         */
        JobKind: "export" | "replay" | "trial";
        /** @description What came of it, as the kind of the job has it. */
        JobResult: components["schemas"]["Exported"] | components["schemas"]["Replayed"] | components["schemas"]["Tried"];
        /**
         * @description How far a job is.
         * @enum {string}
         */
        JobState: "waiting" | "running" | "done" | "failed" | "cancelled";
        /** @description What is wanted, as the kind of the job has it: of an export, a replay, a trial. */
        JobWish: components["schemas"]["ExportWish"] | components["schemas"]["Replay"] | components["schemas"]["DraftTrialDays"];
        /** @description What one says of a call. */
        Judgement: {
            note?: string;
            /** @description The verdict was right. */
            right?: boolean | null;
            truth?: components["schemas"]["ClassName"] | null;
        };
        /** @description A key, without itself. */
        Key: {
            /** Format: int64 */
            created_ms: number;
            /** Format: int64 */
            expires_ms: number | null;
            /** Format: uuid */
            id: string;
            name: string;
            /** @description Its beginning, to know it by. */
            prefix: string;
            /** Format: int64 */
            revoked_ms: number | null;
            /** @description What it may do. */
            scopes: components["schemas"]["PermissionName"][];
            /** Format: int64 */
            seen_ms: number | null;
        };
        /** @description A key that was made. It is told this once. */
        KeyMade: components["schemas"]["Key"] & {
            /** @description The key: `scpd_…`. */
            key: string;
        };
        /** @description A new key. */
        KeyNew: {
            /**
             * Format: int64
             * @description When it ends; none: never.
             */
            expires_ms?: number | null;
            name: string;
            /** @description What it may do: permissions, as in `GET /me`. */
            scopes: components["schemas"]["PermissionName"][];
        };
        /** @description What somebody says a call was. */
        Label: {
            /** Format: int64 */
            at_ms: number;
            by: string;
            /** @description The dialer's own word for what it was. */
            code: string | null;
            note: string;
            /** @description The verdict was right. */
            right: boolean | null;
            source: components["schemas"]["LabelSource"];
            truth: components["schemas"]["ClassName"] | null;
        };
        /**
         * @description Who says what a call was.
         * @enum {string}
         */
        LabelSource: "person" | "dialer";
        /**
         * @description A language of the console.
         * @enum {string}
         */
        Language: "ru" | "en";
        /**
         * @description Whose prompts these are: the service's for all, or one's own.
         * @enum {string}
         */
        Layer: "common" | "own";
        /** @description The versions of one's layer, newest first. */
        Libraries: {
            /**
             * Format: int32
             * @description The version of the common prompts that one's calls are heard with beside one's own; 0: none.
             */
            common: number;
            items: components["schemas"]["Library"][];
        };
        /** @description A version. */
        Library: {
            /** @description Of a draft: prompts that the published version has not, by name. */
            added?: string[];
            /** Format: int64 */
            created_ms: number;
            note: string;
            /** Format: int32 */
            number: number;
            /** Format: int32 */
            prompts: number;
            published_by: string | null;
            /** Format: int64 */
            published_ms: number | null;
            /** @description Of a draft: prompts of the published version that it has no more. */
            removed?: string[];
            state: components["schemas"]["LibraryState"];
        };
        /**
         * @description What a version is.
         * @enum {string}
         */
        LibraryState: "draft" | "published" | "retired";
        /** @description A list that is short enough to be told whole. */
        List_Class: {
            items: components["schemas"]["Class"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_ConfigObject: {
            items: components["schemas"]["ConfigObject"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_ConfigWas: {
            items: components["schemas"]["ConfigWas"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_DeskContact: {
            items: components["schemas"]["DeskContact"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_DeskContract: {
            items: components["schemas"]["DeskContract"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_DeskReportRow: {
            items: components["schemas"]["DeskReportRow"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_DeskText: {
            items: components["schemas"]["DeskText"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_FunnelRow: {
            items: components["schemas"]["FunnelRow"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_Job: {
            items: components["schemas"]["Job"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_Key: {
            items: components["schemas"]["Key"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_MassIncident: {
            items: components["schemas"]["MassIncident"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_MassIncidentSuggestion: {
            items: components["schemas"]["MassIncidentSuggestion"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_OwnSession: {
            items: components["schemas"]["OwnSession"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_Prompt: {
            items: components["schemas"]["Prompt"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_RequestDelivery: {
            items: components["schemas"]["RequestDelivery"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_RequestEvent: {
            items: components["schemas"]["RequestEvent"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_RequestMessage: {
            items: components["schemas"]["RequestMessage"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_RetentionRule: {
            items: components["schemas"]["RetentionRule"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_Tenant: {
            items: components["schemas"]["Tenant"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_TonePlan: {
            items: components["schemas"]["TonePlan"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_User: {
            items: components["schemas"]["User"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_View: {
            items: components["schemas"]["View"][];
        };
        /** @description A list that is short enough to be told whole. */
        List_Webhook: {
            items: components["schemas"]["Webhook"][];
        };
        /** @description An event, as the WebSocket tells it. */
        LiveEvent: {
            /** Format: int64 */
            at_ms: number;
            /** @description As the kind has it: of `metrics` the figures of `GET /live/snapshot`, of calls what is known of them (docs/api.md). */
            data: {
                [key: string]: unknown;
            };
            kind: components["schemas"]["LiveKind"];
            /**
             * Format: int64
             * @description What `after` is to read on from here.
             */
            seq: number;
        };
        /**
         * @description What an event is.
         * @enum {string}
         */
        LiveKind: "call.began" | "call.told" | "call.ended" | "call.refused" | "gateway" | "registration" | "stream.began" | "stream.told" | "stream.ended" | "metrics" | "lost";
        /** @description How far a login is. */
        LoggedIn: {
            state: components["schemas"]["LoginState"];
        };
        /** @description Who logs in. */
        Login: {
            email: string;
            /** Format: password */
            password: string;
        };
        /** @enum {string} */
        LoginState: "open" | "code_wanted";
        /** @description A mass incident. */
        MassIncident: {
            by: string;
            component: string;
            /** Format: int64 */
            created_ms: number;
            /** Format: int64 */
            ended_ms: number | null;
            /** Format: uuid */
            id: string;
            /**
             * Format: int64
             * @description Requests below it.
             */
            requests: number;
            solution: string;
            /** @description `open`, `solved`. */
            state: string;
            text: string;
            topic: string;
        };
        /** @description Several customers report one part of the service: a mass incident, perhaps. */
        MassIncidentSuggestion: {
            component: string;
            requests: string[];
        };
        /** @description What is said to all below. */
        MassIncidentWords: {
            text: string;
        };
        /**
         * @description A prompt that was recognised. Laid beside the recording, the prompt begins at `from_ms`, which lies before the recording's
         *     own beginning where its first words are missing.
         */
        Match: {
            class: components["schemas"]["ClassName"];
            /** Format: int64 */
            from_ms: number;
            /**
             * Format: int64
             * @description When it was recognised.
             */
            known_ms: number;
            /**
             * Format: int32
             * @description How far into the prompt that was.
             */
            offset_ms: number;
            operator: string;
            /** @description The prompt's name. */
            prompt: string;
            /**
             * Format: uuid
             * @description Its id, where the database has it.
             */
            prompt_id: string | null;
            /**
             * Format: float
             * @description Evidence, bits.
             */
            score: number;
            state: components["schemas"]["MatchState"];
            /** Format: int64 */
            to_ms: number;
        };
        /**
         * @description How sure it is that a prompt was recognised.
         * @enum {string}
         */
        MatchState: "candidate" | "match" | "taken_back";
        /** @description Who one is. */
        Me: {
            email: string | null;
            /**
             * Format: uuid
             * @description The person; none for a program.
             */
            id: string | null;
            language: components["schemas"]["Language"];
            name: string;
            /** @description One is of the service and may choose a customer by the header `SmartCPD-Tenant`. */
            of_service: boolean;
            /** @description One has a password; without one, the organisation vouches. */
            password: boolean;
            /** @description What one may do. */
            permissions: components["schemas"]["PermissionName"][];
            role: components["schemas"]["RoleName"];
            tenant: components["schemas"]["TenantName"] | null;
            /** @description One-time codes are asked for at login. */
            totp: boolean;
            /** Format: int32 */
            version: number;
        };
        /** @description What one changes of oneself. */
        MeChanges: {
            language?: components["schemas"]["Language"] | null;
            name?: string | null;
        };
        /** @description Where a request goes on. */
        Merger: {
            /** @description The id or the number of another request of the same customer. */
            into: string;
        };
        /**
         * @description What a trunk wants of the service.
         * @enum {string}
         */
        Mode: "initial" | "data_collection" | "production";
        /** @description Calls of one kind: how many, and the newest of them. */
        Named_ReplayedCall: {
            calls: components["schemas"]["ReplayedCall"][];
            count: number;
        };
        /** @description Calls of one kind: how many, and the newest of them. */
        Named_TriedCall: {
            calls: components["schemas"]["TriedCall"][];
            count: number;
        };
        /** @description Whether the first run is still to come. */
        Needed: {
            needed: boolean;
        };
        /** @description Somebody new. */
        NewDeskContact: {
            /** Format: uuid */
            customer: string;
            email?: string | null;
            name: string;
            /** @description Digits, as they are dialled. */
            telephone?: string | null;
        };
        /** @description What is said of a new one. */
        NewMassIncident: {
            component?: string;
            /** @description Requests that belong to it. */
            requests?: string[];
            /** @description What is known, for the desk. */
            text: string;
            topic: string;
        };
        /** @description The old and the new password. */
        NewPassword: {
            /** Format: password */
            new: string;
            /** Format: password */
            old: string;
        };
        /** @description What is said of a new request. */
        NewRequest: {
            /**
             * Format: uuid
             * @description The call that it is about: what is known of it goes along.
             */
            call?: string | null;
            /** @description Colleagues that may see it, where the contract says so. */
            chosen?: string[];
            /** @description The part of the service. */
            component?: string;
            /**
             * Format: uuid
             * @description Who telephoned, by their contact's id. For the desk.
             */
            contact?: string | null;
            /** @description Files that were sent up before. */
            files?: string[];
            kind: string;
            priority?: string | null;
            /** @description What happened, what was expected. */
            text: string;
            /** @description What it is about, in a line. */
            topic: string;
        };
        /** @description What somebody writes. */
        NewRequestMessage: {
            /** @description Files that were sent up before. */
            files?: string[];
            /** @description A note of the desk, which the customer does not see. A message never changes sides. */
            internal?: boolean;
            /** @description The customer said it on the telephone; the desk writes it down. */
            telephone?: boolean;
            text: string;
        };
        /** @description A login of one's own that stands. */
        OwnSession: {
            address: string;
            agent: string;
            /** Format: int64 */
            created_ms: number;
            /** Format: uuid */
            id: string;
            /** Format: int64 */
            seen_ms: number;
            /** @description It is the one that asks. */
            this: boolean;
        };
        /** @description A part of a list that grows at the top. */
        Paged_AuditEntry: {
            items: components["schemas"]["AuditEntry"][];
            /** @description What `after` is for the next part; none: this is the last. */
            next: string | null;
        };
        /** @description A part of a list that grows at the top. */
        Paged_Call: {
            items: components["schemas"]["Call"][];
            /** @description What `after` is for the next part; none: this is the last. */
            next: string | null;
        };
        /** @description A part of a list that grows at the top. */
        Paged_Delivery: {
            items: components["schemas"]["Delivery"][];
            /** @description What `after` is for the next part; none: this is the last. */
            next: string | null;
        };
        /** @description A part of a list that grows at the top. */
        Paged_RequestSummary: {
            items: components["schemas"]["RequestSummary"][];
            /** @description What `after` is for the next part; none: this is the last. */
            next: string | null;
        };
        /** @description A waveform: the lowest and the highest sample of each bin. */
        Peaks: {
            /** Format: int64 */
            length_ms: number;
            peaks: number[][];
        };
        /**
         * @description Something that one may or may not do.
         * @enum {string}
         */
        PermissionName: "calls.read" | "numbers.read" | "audio.read" | "calls.label" | "calls.export" | "config.read" | "config.write" | "prompts.read" | "prompts.write" | "users.read" | "users.write" | "keys.write" | "streams.write" | "webhooks.write" | "audit.read" | "retention.write" | "tenants.write" | "service.read" | "requests.read" | "requests.write" | "desk.work";
        /**
         * @description Before or after the answer.
         * @enum {string}
         */
        Phase: "early" | "answered";
        /**
         * @description Who answers.
         * @enum {string}
         */
        Plays: "person" | "voicemail" | "no_such_number" | "busy";
        /**
         * @description Which mistakes weigh more.
         * @enum {string}
         */
        Point: "balanced" | "keep_people" | "catch_machines";
        /** @description What is done about what is heard. */
        PolicyKeys: {
            answer_limit?: components["schemas"]["Time"];
            /** @description What is done after it. */
            answered?: {
                [key: string]: components["schemas"]["AnsweredWord"];
            };
            beep_limit?: components["schemas"]["Time"];
            /** Format: float */
            confidence_min?: number;
            /** @description What is done before the answer, by class, or by a beginning as `announcement.*`. */
            early?: {
                [key: string]: components["schemas"]["EarlyWord"];
            };
            hear_answer?: boolean;
            hear_early?: boolean;
            /** @description How long an answer is held back for a verdict; off by itself. */
            hold?: components["schemas"]["TimeOrOff"];
            mode?: components["schemas"]["Mode"];
            ring_limit?: components["schemas"]["Time"];
            settle?: components["schemas"]["Time"];
            /** @description The status that calls are refused with, 400 to 699. */
            status?: {
                [key: string]: number;
            };
            talk_limit?: components["schemas"]["Time"];
        };
        /** @description A point of the curve. */
        Probability: {
            /** Format: float */
            machine: number;
            /** Format: int64 */
            t_ms: number;
        };
        /** @description A request that was not done, and why. */
        Problem: {
            /** @description What it is this time, and what to do. */
            detail: string;
            /** @description Single faults of what was sent. */
            errors?: components["schemas"]["Wrong"][];
            /** @description The id of the request, to be told to support. */
            request_id?: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description The kind in words. */
            title: string;
            /** @description What kind: `/problems/stale`. */
            type: string;
        };
        /** @description How calls are heard. */
        ProfileKeys: {
            /** @description Countries whose tones are expected, by ISO 3166. */
            countries?: components["schemas"]["Words"];
            /** Format: float */
            machine_threshold?: number;
            operating_point?: components["schemas"]["Point"];
        };
        /** @description Times of working that are promised, minutes. */
        Promised: {
            /**
             * Format: int32
             * @description Until the first answer of a person.
             */
            first_min?: number | null;
            /** @description For this kind alone: `incident`, `mass_incident`, `consultation`, `development`. */
            kind?: string | null;
            /**
             * Format: int32
             * @description Until each further answer.
             */
            next_min?: number | null;
            /** @description For this hurry alone: `critical`, `high`, `normal`, `low`. */
            priority?: string | null;
            /**
             * Format: int32
             * @description Until a solution.
             */
            solution_min?: number | null;
        };
        /** @description A reference prompt. */
        Prompt: {
            category: string;
            /** @description What a call that meets it is. */
            class: components["schemas"]["ClassName"];
            created_by: string;
            /** Format: int64 */
            created_ms: number;
            /** Format: uuid */
            id: string;
            language: string;
            /**
             * Format: int64
             * @description When the last one of the last thirty days began.
             */
            last_match_ms?: number;
            layer: components["schemas"]["Layer"];
            /** Format: int32 */
            length_ms: number;
            /**
             * Format: int64
             * @description Calls of the last seven days that matched it, where they were asked for.
             */
            matches_7d?: number;
            /** @description Its name in matches. */
            name: string;
            /** @description Whose network says it. */
            operator: string;
            /**
             * Format: int32
             * @description The first version that has it, and the first that has it no more.
             */
            since: number;
            /** @description Where it came from. */
            source: string;
            /** Format: int32 */
            until: number | null;
            words: string;
        };
        /** @description A prompt that was added. */
        PromptAdded: components["schemas"]["Prompt"] & {
            /** @description Stretches that it shares with others: calls are told apart where these end. */
            shared: components["schemas"]["PromptAlike"][];
            /**
             * Format: int32
             * @description Audio that a call can be recognised by, ms.
             */
            sounding_ms: number;
        };
        /** @description A stretch that two prompts share. */
        PromptAlike: {
            /** Format: int32 */
            from_ms: number;
            /**
             * Format: int32
             * @description Where it begins in the other one.
             */
            other_from_ms: number;
            /** @description The other one's name. */
            prompt: string;
            /** Format: int32 */
            to_ms: number;
        };
        /** @description What is to be different. */
        PromptChanges: {
            category?: string | null;
            /** @description Without it, a new category decides. */
            class?: string | null;
            language?: string | null;
            name?: string | null;
            operator?: string | null;
            words?: string | null;
        };
        /** @description A prompt cut out of a call's recording. */
        PromptCut: components["schemas"]["PromptWords"] & {
            /**
             * Format: uuid
             * @description The call.
             */
            call: string;
            /**
             * Format: int64
             * @description From where in its recording, ms.
             */
            from_ms: number;
            /**
             * Format: int64
             * @description Up to where.
             */
            to_ms: number;
        };
        /** @description A prompt as a file, in any form of audio that `smartcpd prompts add` reads. */
        PromptForm: {
            alike?: boolean | null;
            category?: string | null;
            /** @description Which channel, from 1; all of them mixed by itself. */
            channel?: number | null;
            class?: string | null;
            /** Format: binary */
            file: Blob;
            language?: string | null;
            name: string;
            operator?: string | null;
            words?: string | null;
        };
        /** @description What is said of a new prompt. */
        PromptWords: {
            /** @description It may be like another one. */
            alike?: boolean;
            /** @description What it says, in a word of docs/prompts.md, or one's own together with `class`. */
            category?: string;
            /** @description The class of a call that meets it, where the category does not say. */
            class?: string;
            language?: string;
            /** @description Its name in matches. */
            name: string;
            operator?: string;
            words?: string;
        };
        /** @description The password, to prove that it is oneself. */
        Proof: {
            /** Format: password */
            password: string;
        };
        /** @description What a provider says of itself. */
        ProviderFound: {
            /** @description How it signs, of what we believe. */
            algorithms: string[];
            /** @description Where people are sent. */
            authorization_endpoint: string;
            /** @description The path on this server that it has to send people back to. */
            callback: string;
        };
        /** @description What is published. */
        Publication: {
            /** @description The draft has no prompts at all, and that is meant so. */
            empty?: boolean;
            /** @description What changed, in words. */
            note?: string;
        };
        /** @description What is recorded. */
        RecordKeys: {
            /** @description Only calls of these classes: names, or beginnings as `answer.*`. */
            classes?: components["schemas"]["Words"];
            /** @description How much of a call, up to 1h; `0s`: nothing. */
            max?: components["schemas"]["Time"];
        };
        /**
         * @description Whether provisional responses are acknowledged (RFC 3262).
         * @enum {string}
         */
        Reliable: "no" | "supported" | "required";
        /** @description What is to be tried on calls that are over. */
        Replay: {
            /**
             * Format: int32
             * @description The recordings of the last so many days, 1 to 31.
             */
            days: number;
            /** @description Only calls of this trunk. */
            dialer?: string | null;
            policy?: components["schemas"]["PolicyKeys"] | null;
            profile?: components["schemas"]["ProfileKeys"] | null;
        };
        /** @description What came of a replay. */
        Replayed: {
            calls: number;
            caught: components["schemas"]["Named_ReplayedCall"];
            let_through: components["schemas"]["Named_ReplayedCall"];
            lost: components["schemas"]["Named_ReplayedCall"];
            /** @description Recordings that could not be heard: they are gone. */
            missing: number;
            /** @description Whose recordings these are. */
            node: string;
            saved: components["schemas"]["Named_ReplayedCall"];
        };
        /** @description What would be different for one call. */
        ReplayedCall: {
            after: components["schemas"]["ClassName"] | null;
            before: components["schemas"]["ClassName"] | null;
            /** Format: int64 */
            began_ms: number;
            /** Format: uuid */
            call: string;
            /** Format: int64 */
            ends_at_ms: number | null;
            truth: components["schemas"]["ClassName"] | null;
        };
        /** @description A request. */
        Request: components["schemas"]["RequestSummary"] & {
            /**
             * Format: uuid
             * @description The call that it is about.
             */
            call: string | null;
            /** @description Colleagues of the author that it names. */
            chosen: string[];
            clocks: components["schemas"]["RequestClocks"] | null;
            /**
             * Format: int64
             * @description When it is over by itself, if nobody objects.
             */
            closes_ms: number | null;
            /** @description What was known of the call. */
            evidence?: unknown;
            /**
             * Format: uuid
             * @description The request before it, which was over.
             */
            follows: string | null;
            /** @description What may be done to it now, from one's own side: states that it may go to. */
            leads_to: string[];
            /** @description Requests that go on in this one. For the desk. */
            merged: string[];
            /**
             * Format: uuid
             * @description What it may belong to. For the desk.
             */
            perhaps: string | null;
            /**
             * Format: uuid
             * @description Where it goes on.
             */
            survivor: string | null;
        };
        /** @description What the desk changes of a request. */
        RequestChange: {
            component?: string | null;
            kind?: string | null;
            priority?: string | null;
            suggestion?: boolean | null;
            topic?: string | null;
        };
        /** @description A clock of a request. */
        RequestClock: {
            /**
             * Format: int64
             * @description When it ends.
             */
            due_ms: number | null;
            /** @description `idle`, `running`, `paused`, `met`, `missed`. */
            state: string;
            /**
             * Format: int64
             * @description When three quarters of it are over.
             */
            warn_ms: number | null;
            /**
             * Format: int64
             * @description What is left while it stands, or was needed when it was met, ms of work.
             */
            work_ms: number | null;
        };
        /** @description The clocks of a request. */
        RequestClocks: {
            /** @description Until the first answer. */
            first: components["schemas"]["RequestClock"];
            /** @description Until the next one. */
            next: components["schemas"]["RequestClock"];
            /** @description Until the solution. */
            solution: components["schemas"]["RequestClock"];
        };
        /** @description Something that was sent, or is to be. */
        RequestDelivery: {
            address: string;
            /** Format: int32 */
            attempts: number;
            /** Format: int64 */
            created_ms: number;
            door: string;
            /** Format: int64 */
            ended_ms: number | null;
            error: string | null;
            /** Format: uuid */
            id: string;
            /** @description `receipt`, `message`, `question`, `solution`, `refusal`. */
            kind: string;
            /** Format: int64 */
            next_ms: number;
            /** @description `waiting`, `sent`, `failed`. */
            state: string;
        };
        /** @description A row of a request's history. */
        RequestEvent: {
            /** Format: int64 */
            at_ms: number;
            name: string;
            /** @description What happened, as the desk's log has it. */
            what: unknown;
            /** @description `customer`, `staff`, `mass`, `desk`. */
            who: string;
        };
        /** @description A file of a message. */
        RequestFile: {
            /** Format: int32 */
            height: number | null;
            /** Format: uuid */
            id: string;
            /** @description Its type, by its bytes. */
            kind: string;
            name: string;
            /**
             * Format: int32
             * @description Bytes.
             */
            size: number;
            /**
             * Format: int32
             * @description Of a picture, pixels.
             */
            width: number | null;
        };
        /** @description A message. */
        RequestMessage: {
            /** Format: int64 */
            at_ms: number;
            /** @description A machine wrote it. */
            automated: boolean;
            /** @description The door that it came by. */
            door: string;
            files: components["schemas"]["RequestFile"][];
            /** @description `customer`, `staff`, `desk`. */
            from: string;
            /** Format: uuid */
            id: string;
            /** @description A note of the desk, which the customer does not see. */
            internal: boolean;
            name: string;
            /** @description What it quotes. */
            quoted: string;
            text: string;
            /** @description Nobody vouches for who wrote it. */
            unverified: boolean;
        };
        /** @description A request, in a list. */
        RequestSummary: {
            /**
             * Format: uuid
             * @description Who works on it.
             */
            assignee: string | null;
            assignee_name: string | null;
            /** Format: uuid */
            author: string;
            author_name: string;
            /** Format: int64 */
            changed_ms: number;
            component: string;
            /** @description A contract was in force when it came. */
            contract: boolean;
            /** Format: int64 */
            created_ms: number;
            /**
             * Format: uuid
             * @description Whose it is; none: nobody's whom the desk knows. For the desk.
             */
            customer: string | null;
            customer_name: string | null;
            /** @description The door that it came by. */
            door: string;
            /**
             * Format: int64
             * @description The first end of its running clocks. For the desk.
             */
            due_ms: number | null;
            /** Format: uuid */
            id: string;
            /** @description `incident`, `mass_incident`, `consultation`, `development`. */
            kind: string;
            /**
             * Format: uuid
             * @description The mass incident above it. For the desk.
             */
            mass: string | null;
            /** @description What people call it: digits and a check digit. */
            number: string;
            /** @description `critical`, `high`, `normal`, `low`. */
            priority: string;
            /** @description `registered`, `in_progress`, `clarification_requested`, `waiting`, `solution_provided`, `closed`, `rejected`, `merged`. */
            state: string;
            /** @description A suggestion for the software. */
            suggestion: boolean;
            topic: string;
            /** @description The last word is the customer's. */
            unanswered: boolean;
        };
        /** @description Words that go with what is done. */
        RequestWords: {
            /** @description Files that were sent up before. */
            files?: string[];
            text: string;
        };
        /** @description A rule. */
        RetentionRule: {
            /** @description Of which classes, by their beginning; empty: all. */
            class: string;
            /**
             * Format: int32
             * @description 1 to 3660.
             */
            days: number;
            what: components["schemas"]["RetentionWhat"];
        };
        /** @description Rules to go by. */
        RetentionRules: {
            items: components["schemas"]["RetentionRule"][];
        };
        /**
         * @description What is kept for a time.
         * @enum {string}
         */
        RetentionWhat: "calls" | "recordings" | "audit" | "deliveries";
        /** @description A rule for numbers: those that begin with `prefix` lose `strip` digits, then get `add` in front. */
        RewriteKeys: {
            add?: string;
            prefix?: string;
            /** Format: int32 */
            strip?: number;
        };
        /** @description How right verdicts were, by what people and dialers said. */
        Rightness: {
            cells: components["schemas"]["Cell"][];
            /** @description Labelled calls that were looked at: the newest. */
            labelled: number;
            /**
             * Format: double
             * @description Of the machines, the share that was told as one.
             */
            machines_caught: number | null;
            /**
             * Format: double
             * @description Of the people, the share that was told as one.
             */
            people_kept: number | null;
        };
        /**
         * @description What somebody is; `support` and `operator` are the service's own.
         * @enum {string}
         */
        RoleName: "read_only" | "analyst" | "admin" | "support" | "operator";
        /** @description Where numbers with a beginning go. */
        RouteKeys: {
            /** @description Carriers by name, in their order. */
            carriers: components["schemas"]["Words"];
            prefix?: string;
        };
        /** @description The next best class. */
        RunnerUp: {
            class: components["schemas"]["ClassName"];
            /** Format: float */
            probability: number;
        };
        /** @description What the detector's front end sees, 0 Hz below. */
        Spectrogram: {
            columns: number;
            /**
             * Format: int32
             * @description The frequency at the top, Hz.
             */
            f_max: number;
            /** @description A PNG in base64. */
            png: string;
        };
        /**
         * @description How far it is.
         * @enum {string}
         */
        State: "preparing" | "calling" | "arrived" | "over" | "failed";
        /**
         * @description The dialer's side, or the carrier's.
         * @enum {string}
         */
        StepLeg: "caller" | "callee";
        /**
         * @description What was said.
         * @enum {string}
         */
        StepWord: "dial" | "progress" | "answer" | "refuse" | "cancel" | "hangup" | "ask";
        /** @description A stream. */
        Stream: components["schemas"]["Summary"] & {
            /** Format: int64 */
            began_ms: number;
            call_sid?: string;
            campaign?: string;
            /** @description Digits that came as messages. */
            digits?: string;
            door: components["schemas"]["Door"];
            ended_by: components["schemas"]["Ending"] | null;
            /**
             * Format: uuid
             * @description By which it is asked for; with AudioSocket the dialplan's own.
             */
            id: string;
            reference?: string;
            /** @description The dialer's own names of stream and call. */
            stream_sid?: string;
            /**
             * Format: int32
             * @description The version of this form. A reader passes over keys that it does not know.
             */
            v: number;
        };
        /** @description A prompt of the library. */
        StreamPrompt: {
            /** @description The name in the library. */
            id: string;
            /** @description Operator and category. */
            name: string;
            /**
             * Format: int32
             * @description How far into the prompt the match stood.
             */
            offset_ms?: number;
            /**
             * Format: uuid
             * @description Its row in the database, where the library is from there.
             */
            prompt_id?: string;
            /** Format: double */
            score: number;
        };
        /** @description A verdict, or that something happened. */
        StreamTelling: {
            /** @description What was met (docs/classes.md). */
            class?: components["schemas"]["ClassName"];
            /**
             * Format: double
             * @description Probability that the class is right.
             */
            confidence?: number;
            /** @description What happened, where it is no verdict: `speech.start`, `machine.greeting_end`, `machine.beep`. */
            event?: string;
            /** @description What it rests on: `tone`, `prompt`, `greeting`, … */
            evidence?: string;
            /** @description Later sound does not change it. */
            final: boolean;
            /** @description Before or after the answer. */
            phase: components["schemas"]["TellingPhase"];
            prompt?: components["schemas"]["StreamPrompt"];
            /**
             * Format: int32
             * @description 1, 2, … within the stream.
             */
            seq: number;
            /**
             * Format: int64
             * @description Since the beginning (pre) or since the answer (post).
             */
            t_ms: number;
            /**
             * Format: int32
             * @description The version of this form. A reader passes over keys that it does not know.
             */
            v: number;
        };
        /** @description What was heard so far, times in ms from the beginning. */
        Summary: {
            /** Format: int64 */
            answered_ms: number | null;
            /** Format: int64 */
            beep_ms: number | null;
            /** Format: int64 */
            greeting_end_ms: number | null;
            /** Format: int64 */
            heard_ms: number;
            /** Format: int64 */
            lost_ms: number;
            verdict: components["schemas"]["StreamTelling"] | null;
        };
        /** @description What became of them. */
        Taken: {
            /** @description Those whose call was not found, by their place in the request. */
            missing: number[];
            /** @description How many calls were labelled. */
            taken: number;
        };
        /**
         * @description What happened, where it is no verdict.
         * @enum {string}
         */
        TellingEvent: "speech_start" | "greeting_end" | "beep";
        /**
         * @description Before or after the answer.
         * @enum {string}
         */
        TellingPhase: "pre" | "post";
        /** @description A customer. */
        Tenant: {
            /** @description Its people can log in and its trunks take calls. */
            active: boolean;
            /** Format: int64 */
            created_ms: number;
            /** Format: uuid */
            id: string;
            name: string;
            slug: string;
            /** Format: int32 */
            version: number;
        };
        /** @description What changes of a customer. */
        TenantChanges: {
            active?: boolean | null;
            name?: string | null;
        };
        /** @description A customer in short. */
        TenantName: {
            /** Format: uuid */
            id: string;
            name: string;
            slug: string;
        };
        /** @description A new customer. */
        TenantNew: {
            name: string;
            /** @description Lower-case letters, digits, `-`; 2 to 32. */
            slug: string;
        };
        /** @description What a contract promises. */
        Terms: {
            /** @description When the desk works. */
            calendar: components["schemas"]["Working"];
            /**
             * Format: int32
             * @description Working days after a solution until a request is over by itself, 1 to 90.
             */
            close_days?: number;
            /** @description Times that are promised: the first that fits a request counts. */
            promises?: components["schemas"]["Promised"][];
            /** @description Who else of the customer sees somebody's requests. */
            sees?: components["schemas"]["Who"];
            /** @description Clocks stand while a request waits for an update or a supplier. */
            waiting_pauses?: boolean;
        };
        /** @description A test call. */
        TestCall: {
            /** @description Where the node was called: `udp:127.0.0.1:5060`. */
            at: string;
            /** Format: int64 */
            began_ms: number;
            /**
             * Format: uuid
             * @description By which it is found among the calls; its row is written some seconds after the call.
             */
            call: string | null;
            /** @description The verdict that stands at the end. */
            class: string | null;
            /** Format: double */
            confidence: number | null;
            /** @description Who ended it. */
            ended_by: string | null;
            ends: components["schemas"]["Ends"] | null;
            /** @description Verdicts that are right for what was played. */
            expected: string[];
            fault: components["schemas"]["Fault"] | null;
            /** Format: uuid */
            id: string;
            /** @description What the call is called on the node. */
            name: string | null;
            phase: string | null;
            plays: components["schemas"]["Plays"];
            state: components["schemas"]["State"];
            /** @description What the node told, in order. */
            told: components["schemas"]["Told"][];
            /** @description The fault in words. */
            why: string | null;
        };
        /** @description Which call. */
        TestCallNew: {
            /** @description Who answers. */
            plays: components["schemas"]["Plays"];
        };
        /**
         * @description What a text is for.
         * @enum {string}
         */
        TextKind: "answer" | "article";
        /** @description A time with its unit: `350ms`, `30s`, `5m`, `4h`. */
        Time: string;
        /** @description A time with its unit, as `30s`, or `off`. */
        TimeOrOff: string;
        /** @description Something that the node told of the call as it went. */
        Told: {
            /** @description What was judged. */
            class: string | null;
            /** Format: double */
            confidence: number | null;
            /** @description `speech_start`, `greeting_end` or `beep`. */
            event: string | null;
            /** @description `early` or `answered`. */
            phase: string;
            /**
             * Format: int64
             * @description Ms from the first early media, or from the answer.
             */
            t_ms: number;
        };
        /** @description The plan of one country, in the keys that a customer's own has. */
        TonePlan: {
            /** @description A customer's own plan is written like this. */
            body: components["schemas"]["TonePlanKeys"];
            /** @description The code that profiles name it by. */
            code: string;
        };
        /** @description A further form. */
        TonePlanFormKeys: {
            busy?: components["schemas"]["TonePlanStep"][];
            congestion?: components["schemas"]["TonePlanStep"][];
            ringback?: components["schemas"]["TonePlanStep"][];
            source: string;
        };
        /** @description The tones of a telephone system, in the keys of the files of `plans/`: one cadence of each kind, and further forms. */
        TonePlanKeys: {
            also?: components["schemas"]["TonePlanFormKeys"][];
            busy?: components["schemas"]["TonePlanStep"][];
            congestion?: components["schemas"]["TonePlanStep"][];
            name: string;
            ringback?: components["schemas"]["TonePlanStep"][];
            /** @description Where it is described. */
            source: string;
        };
        /** @description A step of a cadence: a tone, or a pause. */
        TonePlanStep: {
            /**
             * Format: float
             * @description What modulates it, Hz.
             */
            am_hz?: number;
            /** @description One frequency or two, Hz; none: a pause. */
            hz?: number[];
            /** Format: float */
            ms: number;
        };
        /** @description The secret for an authenticator. */
        TotpSecret: {
            /** @description To be typed, in base 32. */
            secret: string;
            /** @description To be shown as a QR code. */
            uri: string;
        };
        /** @description What came of a trial. */
        Tried: {
            calls: number;
            missing: number;
            /** @description Recognised without the draft alone. */
            no_more: components["schemas"]["Named_TriedCall"];
            /** @description Whose recordings these are. */
            node: string;
            /** @description Recognised with the draft alone. */
            now: components["schemas"]["Named_TriedCall"];
            /** @description Recognised as another prompt. */
            otherwise: components["schemas"]["Named_TriedCall"];
        };
        /** @description What a call is recognised by now and with the draft. */
        TriedCall: {
            /** Format: int64 */
            began_ms: number;
            /** Format: uuid */
            call: string;
            draft: string | null;
            published: string | null;
        };
        /** @description A trunk now. */
        Trunk: {
            /**
             * Format: int64
             * @description Calls that stand; of dialers.
             */
            calls: number | null;
            /** @description Of carriers. */
            gateways: components["schemas"]["Gateway"][];
            kind: components["schemas"]["TrunkKind"];
            name: string;
            /** @description Whether a registration stands; of carriers where we register. */
            registered: boolean | null;
            /** @description A carrier of which a gateway answers and whose registration, where it has one, stands. */
            up: boolean;
        };
        /**
         * @description Which end of calls a trunk is.
         * @enum {string}
         */
        TrunkKind: "dialer" | "carrier";
        /** @description A person. */
        User: {
            /** Format: int64 */
            created_ms: number;
            disabled: boolean;
            email: string;
            /** Format: uuid */
            id: string;
            language: components["schemas"]["Language"];
            /**
             * Format: int64
             * @description Too many wrong passwords: locked until then.
             */
            locked_until_ms: number | null;
            name: string;
            /** @description The identity provider knows them: they came by it. */
            organisation: boolean;
            role: components["schemas"]["RoleName"];
            /** Format: int64 */
            seen_ms: number | null;
            /** @description One-time codes are asked for at login. */
            totp: boolean;
            /** Format: int32 */
            version: number;
        };
        /** @description What changes of a person. */
        UserChanges: {
            disabled?: boolean | null;
            language?: components["schemas"]["Language"] | null;
            /** @description `false` lifts the lock of wrong passwords. */
            locked?: boolean | null;
            name?: string | null;
            /** @description `false` forgets who they are at the identity provider: the next who comes with their address is they. */
            organisation?: boolean | null;
            /**
             * Format: password
             * @description A new password; their sessions end.
             */
            password?: string | null;
            role?: components["schemas"]["RoleName"] | null;
            /** @description `false` turns one-time codes off, for somebody who lost their phone. */
            totp?: boolean | null;
        };
        /** @description A new person. */
        UserNew: {
            email: string;
            language: components["schemas"]["Language"];
            name: string;
            /**
             * Format: password
             * @description A first password, to be told to them. May be left out where an identity provider vouches for them.
             */
            password?: string | null;
            role: components["schemas"]["RoleName"];
        };
        /** @description The verdict. */
        Verdict: {
            class: components["schemas"]["ClassName"];
            /** Format: float */
            confidence: number;
            /** Format: int64 */
            decided_ms: number;
            /** @description What it rests on: `tone`, `prompt`, `greeting`, … */
            evidence: string;
            /** @description The same in words. */
            ground: string;
            /** @description The prompt that was identified. */
            prompt: string | null;
            runner_up: components["schemas"]["RunnerUp"] | null;
        };
        /** @description A saved view. */
        View: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @description It is one's own. */
            own: boolean;
            /** @description The query of the list's address. */
            query: string;
            /** @description All of the customer's people see it. */
            shared: boolean;
        };
        /** @description A view to save. */
        ViewNew: {
            name: string;
            query: string;
            shared?: boolean;
        };
        /** @description What a request waits for. */
        Waiting: {
            reason: components["schemas"]["WaitingFor"];
        };
        /**
         * @description What a request waits for.
         * @enum {string}
         */
        WaitingFor: "update" | "supplier";
        /** @description Where events go. */
        Webhook: {
            /** @description It is on. One that took nothing for days, or answered 410, is turned off. */
            active: boolean;
            /** Format: int64 */
            created_ms: number;
            /** @description Which: `call.ended`, `job.ended`, or a beginning that ends with a dot. */
            events: string[];
            /**
             * Format: int32
             * @description Deliveries in a row that were given up.
             */
            failures: number;
            /** Format: uuid */
            id: string;
            name: string;
            url: string;
            /** Format: int32 */
            version: number;
        };
        /** @description What changes of a webhook. */
        WebhookChanges: {
            active?: boolean | null;
            events?: string[] | null;
            name?: string | null;
            /** @description `true` makes a new secret, which is told in the answer; the old one signs no more. */
            new_secret?: boolean;
            url?: string | null;
        };
        /** @description A new webhook. */
        WebhookNew: {
            events: string[];
            name: string;
            /** @description `https://…` */
            url: string;
        };
        /** @description A webhook with the secret that signs, which is told once. */
        WebhookTold: components["schemas"]["Webhook"] & {
            /** @description `whsec_…`, when it is new. */
            secret?: string;
        };
        /**
         * @description Who of a customer sees a colleague's requests.
         * @enum {string}
         */
        Who: "nobody" | "administrators" | "chosen" | "everyone";
        /** @description Words; one text may hold several, separated by commas. */
        Words: string | string[];
        /** @description When a desk works. */
        Working: {
            /** @description Days that are otherwise: holidays, short days, Saturdays that are worked on. */
            days?: {
                [key: string]: string[][];
            };
            /** @description Hours of each day of the week, from Monday: `[["09:00", "18:00"]]`; none: no work. */
            week: string[][][];
            /** @description A zone of the IANA database: `Europe/Moscow`. */
            zone: string;
        };
        /** @description One fault of what was sent. */
        Wrong: {
            /** @description What is wrong there, and what to write. */
            detail: string;
            /** @description Where, as a JSON pointer (RFC 6901): `/body/gateways/0/uri`. */
            pointer: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    about_read: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["About"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    recording_analyse: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["AnalysisForm"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hearing"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    audit_list: {
        parameters: {
            query?: {
                /** @description Actions that begin so. */
                action?: string;
                actor?: string;
                object?: string;
                from_ms?: number;
                until_ms?: number;
                /** @description How many, 1 to 500; 100 by itself. */
                limit?: number;
                /** @description `next` of the part before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Paged_AuditEntry"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    calls_list: {
        parameters: {
            query?: {
                from_ms?: number;
                until_ms?: number;
                /** @description Classes, or beginnings that end with a dot (`answer.`); `none`: without a verdict. */
                class?: string;
                phase?: "early" | "answered";
                dialer?: string;
                carrier?: string;
                campaign?: string;
                operator?: string;
                prompt?: string;
                /** @description The beginning of the number, or `*` and its last digits. */
                callee?: string;
                caller?: string;
                reference?: string;
                name?: string;
                answered?: boolean;
                recorded?: boolean;
                deaf?: boolean;
                confidence_below?: number;
                limit?: number;
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Paged_Call"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    call_find: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallWhole"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    call_hear: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hearing"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    call_label: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Judgement"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    call_unlabel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    call_listen: {
        parameters: {
            query?: never;
            header?: {
                /** @description One range of bytes */
                Range?: string | null;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 8 kHz mono */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": unknown;
                };
            };
            /** @description A part of it */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": unknown;
                };
            };
            /** @description No part of it */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    classes_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Class"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    config_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                kind: components["schemas"]["ConfigKind"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_ConfigObject"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    config_find: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                kind: components["schemas"]["ConfigKind"];
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigObject"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    config_put: {
        parameters: {
            query?: never;
            header?: {
                /** @description the version it was read at */
                "If-Match"?: string | null;
                /** @description * to make a new one */
                "If-None-Match"?: string | null;
            };
            path: {
                kind: components["schemas"]["ConfigKind"];
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfigNew"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigObject"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigObject"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    config_remove: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                kind: components["schemas"]["ConfigKind"];
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    config_check: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path: {
                kind: components["schemas"]["ConfigKind"];
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfigNew"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigChecked"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    config_history: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                kind: components["schemas"]["ConfigKind"];
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_ConfigWas"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    contracts_change: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeskContractSaid"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskContract"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cpa_stats_fetch: {
        parameters: {
            query: {
                from_ms: number;
                until_ms: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the lines */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delivery_replay: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    desk_contacts_list: {
        parameters: {
            query: {
                /** @description A piece of a name, an address or a telephone number. */
                q: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_DeskContact"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    desk_contacts_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDeskContact"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskContact"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    desk_contacts_erase: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Erasure"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasureAct"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    desk_files_add: {
        parameters: {
            query: {
                name: string;
            };
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": number[];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestFile"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    desk_files_find: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": unknown;
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    desk_report: {
        parameters: {
            query: {
                from_ms: number;
                until_ms: number;
                by?: "kind" | "priority" | "customer" | "door" | "component";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_DeskReportRow"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    desk_texts_list: {
        parameters: {
            query: {
                kind: components["schemas"]["TextKind"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_DeskText"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    desk_texts_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeskTextSaid"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskText"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    desk_texts_change: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeskTextSaid"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskText"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    desk_texts_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dispositions_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Dispositions"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Taken"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    calls_export: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExportNew"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    identity_provider_find: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentityProvider"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    identity_provider_set: {
        parameters: {
            query?: never;
            header?: {
                /** @description the version it was read at */
                "If-Match"?: string | null;
                /** @description * to make a new one */
                "If-None-Match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IdentityProviderNew"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentityProvider"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentityProvider"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    identity_provider_remove: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    identity_provider_check: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IdentityProviderWhere"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderFound"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    jobs_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Job"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    job_find: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    job_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    job_fetch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": number[];
                    "application/vnd.apache.parquet": number[];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    keys_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Key"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    key_make: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyNew"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyMade"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    key_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    libraries_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Libraries"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    draft_discard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    draft_try: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DraftTrialDays"];
                "multipart/form-data": components["schemas"]["DraftTrialForm"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DraftTrial"];
                };
            };
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Begun"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    draft_publish: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Publication"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Library"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    library_restore: {
        parameters: {
            query?: {
                /** @description The draft that is there is thrown away for it. */
                discard?: boolean;
            };
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path: {
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Library"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    live_watch: {
        parameters: {
            query?: {
                /** @description The number of the last event that one has; without it, only what is new comes. */
                after?: number;
                /** @description The customer, as the header `SmartCPD-Tenant` has it: browsers send no headers with a WebSocket. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the WebSocket */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    live_read: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Figures"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    masses_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_MassIncident"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    masses_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMassIncident"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MassIncident"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    masses_suggestions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_MassIncidentSuggestion"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    masses_find: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MassIncident"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    masses_say: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MassIncidentWords"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fanned"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    masses_solve: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MassIncidentWords"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MassIncident"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me_read: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me_change: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MeChanges"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    password_change: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPassword"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    own_sessions_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_OwnSession"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    own_session_end: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    totp_confirm: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Code"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    totp_begin: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Proof"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TotpSecret"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    totp_end: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Proof"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stream_send: {
        parameters: {
            query?: {
                /** @description The API key, where the sender cannot set headers. */
                key?: string;
                /** @description The dialer's own name of the call. */
                reference?: string;
                campaign?: string;
                /** @description The customer's profile of detection. */
                profile?: string;
                /** @description `false`: a mark of the name `answered` says when it was answered. */
                answered?: string;
                /** @description Classes that end the stream: `answer.machine,announcement.*`. */
                hangup_on?: string;
                /** @description `inbound` (by itself) or `outbound`: the called side. */
                track?: string;
                /** @description `false`: nothing is told on this socket. */
                answers?: string;
                /** @description `true`: marks are sent back. */
                marks?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the WebSocket */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prompts_list: {
        parameters: {
            query?: {
                /** @description `published` by itself, `draft`, or the number of a version of one's own layer. */
                version?: string;
                /** @description Both by itself. Of the common ones customers see what is published. */
                layer?: "common" | "own";
                /** @description Text in the name, the operator, the category, the class, the language or the words. */
                q?: string;
                /** @description Tells how often each matched of late. */
                matches?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Prompt"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prompt_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PromptCut"];
                "multipart/form-data": components["schemas"]["PromptForm"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PromptAdded"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prompt_find: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Prompt"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prompt_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prompt_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PromptChanges"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Prompt"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prompt_listen: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 8 kHz mono */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": unknown;
                };
            };
            /** @description A part of it */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": unknown;
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prompt_draw: {
        parameters: {
            query?: {
                /** @description 1 to 4000; 800 by itself. */
                bins?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Peaks"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replay_begin: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Replay"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Begun"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    requests_list: {
        parameters: {
            query?: {
                /** @description States, with commas between; `open` are all that are not over. */
                state?: string;
                /** @description Kinds, with commas between. */
                kind?: string;
                /** @description Priorities, with commas between. */
                priority?: string;
                /** @description `me`, `none`, or a specialist's id. For the desk. */
                assignee?: string;
                /** @description Of this customer. For the desk. */
                customer?: string;
                /** @description Below this mass incident. For the desk. */
                mass?: string;
                /** @description Suggestions alone, or none of them. */
                suggestion?: boolean;
                /** @description Whose last word is the customer's. */
                unanswered?: boolean;
                /** @description A clock of which ends before then. For the desk. */
                due_before_ms?: number;
                /** @description Words of topic or conversation, or a piece of the number. */
                q?: string;
                /** @description 1 to 500; 100 by itself. */
                limit?: number;
                /** @description `next` of the part before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Paged_RequestSummary"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    requests_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRequest"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    requests_find: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    requests_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_assignee_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Assignee"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_closure_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    requests_deliveries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_RequestDelivery"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_denial_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    requests_history: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_RequestEvent"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_mass_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Above"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_mass_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_merger_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Merger"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_merger_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_messages_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_RequestMessage"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_messages_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRequestMessage"];
            };
        };
        responses: {
            /** @description the request that it stands in */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_questions_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestWords"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_rejection_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestWords"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_solution_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RequestWords"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_wait_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Waiting"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_wait_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description its id or its number */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Request"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retention_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_RetentionRule"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retention_set: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RetentionRules"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_RetentionRule"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session_begin: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoggedIn"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session_end: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session_confirm: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Code"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoggedIn"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    organisation_login_begin: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ByOrganisation"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GoOn"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    organisation_login_end: {
        parameters: {
            query?: {
                code?: string;
                state?: string;
                /** @description Why there is no code. */
                error?: string;
                /** @description Who sends it (RFC 9207). */
                iss?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the page that was asked for, or to the login, which says what is wrong */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setup_read: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Needed"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setup_complete: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["First"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    calls_count: {
        parameters: {
            query?: {
                by?: "hour" | "day" | "dialer" | "campaign" | "operator" | "class";
                from_ms?: number;
                until_ms?: number;
                /** @description Only of this trunk. */
                dialer?: string;
                /** @description Only of this campaign. */
                campaign?: string;
                /** @description Minutes that one's clock is ahead of UTC, -840 to 840: where days begin. */
                zone?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_FunnelRow"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    labels_count: {
        parameters: {
            query?: {
                from_ms?: number;
                until_ms?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rightness"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stream_find: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description with AudioSocket the dialplan's own */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stream"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tenants_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Tenant"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tenant_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TenantNew"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tenant_find: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tenant_change: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TenantChanges"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    contracts_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_DeskContract"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    contracts_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeskContractSaid"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskContract"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    test_call_begin: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TestCallNew"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestCall"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    test_call_find: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestCall"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tone_plan_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_TonePlan"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_User"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    user_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserNew"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    user_find: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    user_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    user_change: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserChanges"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    views_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_View"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    view_save: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ViewNew"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["View"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    view_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List_Webhook"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhook_add: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookNew"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTold"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhook_find: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhook_remove: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhook_change: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookChanges"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTold"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deliveries_list: {
        parameters: {
            query?: {
                /** @description How many, 1 to 500; 100 by itself. */
                limit?: number;
                /** @description `next` of the part before. */
                after?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Paged_Delivery"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhook_try: {
        parameters: {
            query?: never;
            header?: {
                /** @description a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
