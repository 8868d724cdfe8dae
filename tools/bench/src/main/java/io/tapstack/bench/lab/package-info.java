/** Where measurements take place: network namespaces, the processes in them, and what they need. */
@NullMarked
package io.tapstack.bench.lab;

import org.jspecify.annotations.NullMarked;
