package io.tapstack.bench.measure;

import java.util.List;

/**
 * Subjects that are measured in turn, so that other work on the machine affects all of them alike, and their
 * comparisons.
 *
 * @param name a word for messages and {@code --list}
 * @param subjects in this order
 * @param comparisons the lines of the results
 */
public record Workload(String name, List<Subject> subjects, List<Comparison> comparisons) {

    /** Checks that the subjects of all comparisons exist. */
    public Workload {
        final List<String> names = subjects.stream().map(Subject::name).toList();
        for (final Comparison comparison : comparisons) {
            if (!names.contains(comparison.subject())
                    || !names.contains(comparison.reference().orElse(comparison.subject()))) {
                throw new IllegalArgumentException(name + ": " + comparison + " speaks of none of " + names);
            }
        }
        subjects = List.copyOf(subjects);
        comparisons = List.copyOf(comparisons);
    }

    /** The same workload with these comparisons alone, and the subjects that they need. */
    public Workload only(final List<Comparison> wanted) {
        return new Workload(
                name,
                subjects.stream()
                        .filter(subject -> wanted.stream()
                                .anyMatch(comparison -> comparison.subject().equals(subject.name())
                                        || comparison
                                                .reference()
                                                .filter(subject.name()::equals)
                                                .isPresent()))
                        .toList(),
                wanted);
    }
}
