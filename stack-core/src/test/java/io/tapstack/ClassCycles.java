package io.tapstack;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The cycles of classes: the strongly connected components of what uses what (Tarjan 1972). A nested class counts as
 * its outer class.
 */
public final class ClassCycles {

    /** The most classes of a cycle: they can be understood only together. */
    public static final int LONGEST = 12;

    private final Map<JavaClass, TreeSet<JavaClass>> uses = new HashMap<>();
    private final Map<JavaClass, Integer> indices = new HashMap<>();
    private final Map<JavaClass, Integer> lowest = new HashMap<>();
    private final Deque<JavaClass> open = new ArrayDeque<>();
    private final List<List<String>> cycles = new ArrayList<>();

    private ClassCycles() {}

    /** The cycles among {@code classes} of two classes and more, each in the order of its names. */
    public static List<List<String>> of(final JavaClasses classes) {
        final ClassCycles graph = new ClassCycles();
        for (final JavaClass user : classes) {
            final TreeSet<JavaClass> used = graph.uses.computeIfAbsent(outer(user), ClassCycles::none);
            for (final Dependency dependency : user.getDirectDependenciesFromSelf()) {
                final JavaClass target = outer(dependency.getTargetClass());
                if (classes.contain(target.getName()) && !target.equals(outer(user))) {
                    used.add(target);
                }
            }
        }
        for (final JavaClass each : List.copyOf(graph.uses.keySet())) {
            if (!graph.indices.containsKey(each)) {
                graph.visit(each);
            }
        }
        return graph.cycles;
    }

    private static TreeSet<JavaClass> none(final JavaClass user) {
        return new TreeSet<>((one, other) -> one.getName().compareTo(other.getName()));
    }

    private static JavaClass outer(final JavaClass type) {
        return type.getEnclosingClass().map(ClassCycles::outer).orElse(type);
    }

    private void visit(final JavaClass one) {
        final int index = indices.size();
        indices.put(one, index);
        lowest.put(one, index);
        open.push(one);
        for (final JavaClass other : uses.getOrDefault(one, none(one))) {
            if (!indices.containsKey(other)) {
                visit(other);
                lowest.merge(one, lowest.get(other), Math::min);
            } else if (open.contains(other)) {
                lowest.merge(one, indices.get(other), Math::min);
            }
        }
        if (lowest.get(one) == index) {
            close(one);
        }
    }

    private void close(final JavaClass root) {
        final List<String> cycle = new ArrayList<>();
        JavaClass member;
        do {
            member = open.pop();
            cycle.add(member.getName());
        } while (!member.equals(root));
        if (cycle.size() > 1) {
            cycle.sort(null);
            cycles.add(cycle);
        }
    }
}
