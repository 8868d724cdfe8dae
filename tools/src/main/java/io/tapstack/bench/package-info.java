/** Programs that measure; {@code tools/src/main/scripts/measure} calls them. */
@NullMarked
package io.tapstack.bench;

import org.jspecify.annotations.NullMarked;
