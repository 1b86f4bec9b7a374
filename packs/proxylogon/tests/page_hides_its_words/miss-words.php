<?php $a = "as" . " text"; echo $format($value); eval_template($x); ?>
