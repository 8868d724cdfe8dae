package io.tapstack.names;

import io.tapstack.names.ResolverCounters.Event;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Finds the records of one name and type: in the cache, or by a query, and by another one for each alias. */
final class TypeLookup {

    private final LookupContext context;
    private final Question question;
    private final LongConsumer whenDone;
    private final Set<String> names = new HashSet<>();

    private long ttlSeconds = Long.MAX_VALUE;
    private @Nullable Query query;
    private @Nullable Outcome outcome;

    /** @param whenDone called once, when there is an outcome; also by {@link #start} */
    TypeLookup(final LookupContext context, final Question question, final LongConsumer whenDone) {
        this.context = context;
        this.question = question;
        this.whenDone = whenDone;
    }

    void start(final long now) {
        look(question, now);
    }

    private void look(final Question next, final long now) {
        final Outcome cached = context.cache().get(next, now);
        if (cached != null) {
            context.counters().count(Event.CACHE_HIT);
            finish(cached, now);
            return;
        }
        if (!names.add(next.name()) || names.size() > AliasChain.MAX_ALIASES) {
            context.counters().count(AnswerDrop.ALIAS_LOOP);
            finish(Outcome.none(Outcome.Kind.SERVER_FAILURE, 0, "its aliases lead nowhere"), now);
            return;
        }
        final Query asked = new Query(context, next, this::answered);
        query = asked;
        asked.start(now);
    }

    private void answered(final long now) {
        final Query asked = query;
        final Outcome answer = asked == null ? null : asked.outcome();
        if (asked == null || answer == null) {
            throw new AssertionError("a query is done without an outcome");
        }
        final String alias = asked.alias();
        if (alias != null) {
            ttlSeconds = Math.min(ttlSeconds, answer.ttlSeconds());
            look(new Question(alias, question.type()), now);
        } else {
            finish(answer, now);
        }
    }

    private void finish(final Outcome result, final long now) {
        final Outcome whole = result.withTtlSeconds(Math.min(ttlSeconds, result.ttlSeconds()));
        outcome = whole;
        if (query != null) {
            context.cache().put(question, whole, now);
        }
        whenDone.accept(now);
    }

    void tick(final long now) {
        if (query != null && outcome == null) {
            query.tick(now);
        }
    }

    long deadline() {
        return query == null || outcome != null ? Long.MAX_VALUE : query.deadline();
    }

    @Nullable
    Outcome outcome() {
        return outcome;
    }

    void close() {
        if (query != null) {
            query.close();
        }
    }
}
